"""Functions on JSON texts."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, BOOL, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.STRING, Kind.MULTIVALUE

SIGNATURES = (
    FunctionSignature("json", 1, 1, (ANY,), ANY, "a text read as JSON"),
    FunctionSignature("json_append", 3, None, (ANY, STRING, ANY), STRING, "values added to arrays", step=2),
    FunctionSignature("json_array", 0, None, (ANY,), STRING, "a JSON array"),
    FunctionSignature("json_array_to_mv", 1, 2, (ANY, ANY), MULTIVALUE, "the elements of a JSON array"),
    FunctionSignature("json_delete", 2, None, (ANY, STRING), STRING, "without some keys"),
    FunctionSignature("json_entries", 1, 1, (ANY,), STRING, "the pairs of key and value"),
    FunctionSignature(
        "json_extend", 3, None, (ANY, STRING, ANY), STRING, "arrays with the elements of others added", step=2
    ),
    FunctionSignature("json_extract", 1, None, (ANY, STRING), ANY, "the values at paths"),
    FunctionSignature("json_extract_exact", 1, None, (ANY, STRING), ANY, "the values of keys"),
    FunctionSignature("json_has_key_exact", 2, 2, (ANY, STRING), BOOL, "whether a key is there"),
    FunctionSignature("json_keys", 1, 1, (ANY,), STRING, "the keys of a JSON object"),
    FunctionSignature("json_object", 0, None, (ANY, ANY), STRING, "a JSON object of keys and values", step=2),
    FunctionSignature("json_set", 3, None, (ANY, STRING, ANY), STRING, "values set at paths", step=2),
    FunctionSignature("json_set_exact", 3, None, (ANY, STRING, ANY), STRING, "values set for keys", step=2),
    FunctionSignature("json_valid", 1, 1, (ANY,), BOOL, "whether it is JSON"),
    FunctionSignature("mv_to_json_array", 1, 2, (ANY, ANY), STRING, "values as JSON array"),
)
"""The signatures of these functions."""
