"""What every layer speaks: places in files, diagnostics, errors, the app's files in memory. Imports nothing of ours."""
