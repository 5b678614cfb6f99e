"""Writes any number of made-up Sysmon events as XML, one a line: the shapes, sizes and repetitions of real ones.

Mix and repetition follow what busy Windows hosts give: mostly image loads, registry and process access, some hundred programs,
command lines that are often unique. The same seed gives the same bytes.
"""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' "
    "Guid='{{5770385f-c22a-43e0-bf4c-06f5698ffbd9}}'/><EventID>{id}</EventID><Version>5</Version><Level>4</Level><Task>{id}</Task>"
    "<Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='{time}Z'/><EventRecordID>{record}</EventRecordID>"
    "<Correlation/><Execution ProcessID='2716' ThreadID='3660'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"
    "<Computer>{host}</Computer><Security UserID='S-1-5-18'/></System><EventData>"
)
_TAIL = "</EventData></Event>\n"
_WEIGHTS = {1: 14, 3: 10, 5: 8, 7: 18, 10: 18, 11: 10, 12: 8, 13: 10, 22: 4}
_FOLDERS = (
    "C:\\Windows\\System32",
    "C:\\Windows",
    "C:\\Program Files\\Contoso",
    "C:\\Users\\{user}\\AppData\\Local\\Temp",
)
_KNOWN = (
    "svchost.exe", "cmd.exe", "powershell.exe", "rundll32.exe", "regsvr32.exe", "wmiprvse.exe", "lsass.exe", "explorer.exe",
    "msiexec.exe", "schtasks.exe", "reg.exe", "net.exe", "certutil.exe", "bitsadmin.exe", "mshta.exe", "wscript.exe",
)  # fmt: skip


class _Host:
    """The programs, users and names that the events of a run are drawn from."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up data, the same every time
        self.users = [f"CONTOSO\\user{number:02}" for number in range(40)] + ["NT AUTHORITY\\SYSTEM"] * 30
        self.hosts = [f"ws-{number:03}.contoso.example" for number in range(25)]
        self.programs = [*_KNOWN, *(f"tool{number:03}.exe" for number in range(150))]
        self.hashes = [
            f"SHA256={self.random.getrandbits(256):064X},IMPHASH={self.random.getrandbits(128):032X}"
            for _ in range(300)
        ]
        self.traces = [
            "|".join(
                f"C:\\Windows\\SYSTEM32\\module{self.random.randrange(60)}.dll+{self.random.randrange(2**20):x}"
                for _ in range(18)
            )
            for _ in range(400)
        ]

    def image(self) -> tuple[str, str]:
        """Return the path of a program and its name; a few programs make up most events."""
        name = self.programs[min(int(self.random.expovariate(0.04)), len(self.programs) - 1)]
        folder = _FOLDERS[min(int(self.random.expovariate(1.1)), 3)].format(user=f"user{self.random.randrange(40):02}")
        return f"{folder}\\{name}", name

    def guid(self) -> str:
        return f"{{{self.random.getrandbits(32):08x}-1a2b-63d1-{self.random.getrandbits(16):04x}-00{self.random.getrandbits(32):08x}00}}"

    def command(self, name: str) -> str:
        shape = self.random.random()
        if shape < 0.35:
            return f"{name} -k netsvcs -p -s Service{self.random.randrange(60)}"
        if shape < 0.7:
            return f'"C:\\Windows\\System32\\{name}" /c echo {self.random.getrandbits(40):x} > \\\\.\\pipe\\{self.random.getrandbits(32):x}'
        return f"{name} -a{self.random.randrange(200)} --id {self.random.getrandbits(60):x} --path C:\\ProgramData\\{self.random.randrange(500)}\\file.dat"

    def data(self, kind: int, time: str) -> list[tuple[str, object]]:
        """Return the named data of an event."""
        draw = self.random
        image, name = self.image()
        common: list[tuple[str, object]] = [
            ("RuleName", "-"),
            ("UtcTime", time.replace("T", " ")[:23]),
            ("ProcessGuid", self.guid()),
            ("ProcessId", draw.randrange(400, 9000)),
            ("Image", image),
        ]
        user = draw.choice(self.users)
        if kind == 1:
            parent, parent_name = self.image()
            return [
                *common,
                ("FileVersion", "10.0.19041.1 (WinBuild.160101.0800)"),
                ("Description", f"Program {name}"),
                ("Product", "Microsoft Windows Operating System"),
                ("Company", "Microsoft Corporation"),
                ("OriginalFileName", name.upper()),
                ("CommandLine", self.command(name)),
                ("CurrentDirectory", "C:\\Windows\\system32\\"),
                ("User", user),
                ("LogonGuid", self.guid()),
                ("LogonId", f"0x{draw.randrange(2**20):x}"),
                ("TerminalSessionId", draw.randrange(3)),
                ("IntegrityLevel", draw.choice(("System", "High", "Medium"))),
                ("Hashes", draw.choice(self.hashes)),
                ("ParentProcessGuid", self.guid()),
                ("ParentProcessId", draw.randrange(400, 9000)),
                ("ParentImage", parent),
                ("ParentCommandLine", self.command(parent_name)),
                ("ParentUser", user),
            ]
        if kind == 3:
            return [
                *common,
                ("User", user),
                ("Protocol", "tcp"),
                ("Initiated", "true"),
                ("SourceIsIpv6", "false"),
                ("SourceIp", f"10.1.{draw.randrange(4)}.{draw.randrange(250)}"),
                ("SourceHostname", draw.choice(self.hosts)),
                ("SourcePort", draw.randrange(49152, 65535)),
                ("DestinationIsIpv6", "false"),
                ("DestinationIp", f"203.0.113.{draw.randrange(250)}"),
                ("DestinationHostname", f"h{draw.randrange(80)}.example.com"),
                ("DestinationPort", draw.choice((80, 443, 443, 443, 445, 3389, 5985, 8080))),
                ("DestinationPortName", "-"),
            ]
        if kind == 7:
            module = f"C:\\Windows\\System32\\module{draw.randrange(250)}.dll"
            return [
                *common,
                ("ImageLoaded", module),
                ("FileVersion", "10.0.19041.1 (WinBuild.160101.0800)"),
                ("Description", f"Module {module[-12:]}"),
                ("Product", "Microsoft Windows Operating System"),
                ("Company", "Microsoft Corporation"),
                ("OriginalFileName", module.rpartition("\\")[2]),
                ("Hashes", draw.choice(self.hashes)),
                ("Signed", "true"),
                ("Signature", "Microsoft Windows"),
                ("SignatureStatus", "Valid"),
                ("User", user),
            ]
        if kind == 10:
            target, _ = self.image()
            return [
                common[0],
                common[1],
                ("SourceProcessGUID", self.guid()),
                ("SourceProcessId", draw.randrange(400, 9000)),
                ("SourceThreadId", draw.randrange(400, 9000)),
                ("SourceImage", image),
                ("TargetProcessGUID", self.guid()),
                ("TargetProcessId", draw.randrange(400, 9000)),
                ("TargetImage", target),
                ("GrantedAccess", draw.choice(("0x1000", "0x1400", "0x1410", "0x1fffff", "0x40"))),
                ("CallTrace", draw.choice(self.traces)),
                ("SourceUser", user),
                ("TargetUser", draw.choice(self.users)),
            ]
        if kind == 11:
            return [*common, ("TargetFilename", f"C:\\ProgramData\\{draw.randrange(500)}\\f{draw.getrandbits(20):x}.tmp"),
                    ("CreationUtcTime", common[1][1]), ("User", user)]  # fmt: skip
        if kind in {12, 13}:
            target = f"HKLM\\SOFTWARE\\Vendor{draw.randrange(60)}\\Run{draw.randrange(60)}\\Value{draw.randrange(200)}"
            details = [("Details", f"DWORD (0x{draw.randrange(9):08x})")] if kind == 13 else []
            return [
                common[0],
                ("EventType", "SetValue" if kind == 13 else "CreateKey"),
                *common[1:],
                ("TargetObject", target),
                *details,
                ("User", user),
            ]
        if kind == 22:
            return [*common, ("QueryName", f"h{draw.randrange(900)}.example.com"), ("QueryStatus", 0),
                    ("QueryResults", f"::ffff:203.0.113.{draw.randrange(250)};"), ("User", user)]  # fmt: skip
        return [*common, ("User", user)]


def events(count: int, seed: int = 1) -> Iterator[str]:
    """Yield events, oldest first, one a line."""
    host = _Host(seed)
    start = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    kinds = host.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    for record, kind in enumerate(kinds):
        at = start + datetime.timedelta(seconds=record * 1.7, microseconds=host.random.randrange(10**6))
        time = at.strftime("%Y-%m-%dT%H:%M:%S.%f000")
        data = "".join(
            f"<Data Name='{name}'>{str(value).replace('>', '&gt;')}</Data>" for name, value in host.data(kind, time)
        )
        yield _HEAD.format(id=kind, time=time, record=record, host=host.random.choice(host.hosts)) + data + _TAIL


def write_events(file: Path, count: int, seed: int = 1) -> int:
    """Write events into a file; return its size in bytes."""
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(events(count, seed))
    return file.stat().st_size
