#!/usr/bin/env python3
"""Makes the demo data: access.ndjson, process.ndjson and people.ndjson, the same bytes every time.

    python3 generate.py            # writes beside this script

Standard library only. The seed is fixed, and every choice goes through one generator, in one order.

access   web-server log events of one shop over two days: a daily rhythm, a slow checkout, a burst of 503s, a scanner that probes for admin pages.
process  security events of six hosts in the Elastic Common Schema: ordinary days at work, and three planted intrusions (a document that starts a shell
         that downloads and runs a program; a brute-forced log-in; a burst of file renames) for sequences to find.
people   who the users are.
"""
import json
import os
import random
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
START = datetime(2025, 3, 3, tzinfo=timezone.utc)
SEED = 20250303

PEOPLE = [
    ("ada", "Ada Okafor", "engineering", "Lagos", "2019-04-01"), ("ben", "Ben Lindqvist", "engineering", "Uppsala", "2021-09-13"),
    ("chloe", "Chloé Martin", "finance", "Lyon", "2018-01-08"), ("dmitri", "Dmitri Petrov", "operations", "Tallinn", "2020-06-15"),
    ("emi", "Emi Tanaka", "design", "Osaka", "2022-02-01"), ("farid", "Farid Haddad", "finance", "Beirut", "2017-11-20"),
    ("grace", "Grace Mwangi", "operations", "Nairobi", "2023-05-02"), ("hugo", "Hugo Alves", "sales", "Porto", "2016-08-29"),
    ("ines", "Inés Rojas", "sales", "Quito", "2024-01-15"), ("jonas", "Jonas Weber", "engineering", "Graz", "2015-03-30"),
    ("keiko", "Keiko Mori", "legal", "Kyoto", "2019-10-07"), ("liam", "Liam Byrne", "support", "Cork", "2022-12-05"),
]
PAGES = [("/", 30), ("/products", 22), ("/products/{n}", 40), ("/cart", 12), ("/checkout", 6), ("/login", 7), ("/search?q={w}", 18),
         ("/static/app.js", 16), ("/static/style.css", 14), ("/api/v1/stock/{n}", 20)]
WORDS = ["lamp", "chair", "kettle", "desk", "mirror", "shelf", "rug", "clock"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64) Firefox/135.0", "Mozilla/5.0 (Windows NT 10.0) Chrome/133.0", "Mozilla/5.0 (iPhone) Safari/18.3",
          "curl/8.11.1", "python-requests/2.32"]
COUNTRIES = [("DE", "84.112"), ("FR", "90.45"), ("JP", "126.20"), ("US", "73.162"), ("BR", "177.33"), ("KE", "105.160"), ("SE", "81.230")]
HOSTS = ["web-1", "web-2", "web-3"]


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def people():
    for user, name, team, city, joined in PEOPLE:
        yield {"user": user, "name": name, "team": team, "city": city, "joined": joined}


def access(rng):
    events, visitors = [], []
    for _ in range(180):
        country, prefix = rng.choice(COUNTRIES)
        visitors.append((f"{prefix}.{rng.randrange(256)}.{rng.randrange(1, 255)}", country, rng.choice(AGENTS)))
    paths, weights = [p for p, _ in PAGES], [w for _, w in PAGES]
    for _ in range(4600):
        hour = rng.choices(range(24), [2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 12, 11, 12, 13, 13, 12, 12, 14, 16, 17, 14, 9, 4])[0]
        moment = START + timedelta(days=rng.randrange(2), hours=hour, seconds=rng.randrange(3600), milliseconds=rng.randrange(1000))
        ip, country, agent = rng.choice(visitors)
        path = rng.choices(paths, weights)[0].replace("{n}", str(rng.randrange(1, 400))).replace("{w}", rng.choice(WORDS))
        method = "POST" if path in ("/checkout", "/login", "/cart") and rng.random() < 0.7 else "GET"
        status = rng.choices([200, 304, 301, 404, 500], [86, 7, 2, 4, 1])[0]
        if path == "/login" and method == "POST" and rng.random() < 0.2:
            status = 401
        millis = rng.lognormvariate(3.2, 0.7) * (9 if path == "/checkout" else 1)
        if START + timedelta(days=1, hours=14) <= moment < START + timedelta(days=1, hours=14, minutes=25):
            status, millis = (503, millis * 6) if rng.random() < 0.6 else (status, millis * 3)
        events.append((moment, ip, country, agent, method, path, status, millis))
    scanner = "185.220.101.34"
    for i in range(260):
        moment = START + timedelta(days=1, hours=3, minutes=12, seconds=i * 1.7, milliseconds=rng.randrange(400))
        path = rng.choice(["/admin", "/wp-login.php", "/.env", "/phpmyadmin", "/server-status", "/.git/config", "/backup.zip"])
        events.append((moment, scanner, "NL", "Mozilla/5.0 zgrab/0.x", "GET", path, 404 if rng.random() < 0.97 else 403, rng.uniform(2, 9)))
    events.sort(key=lambda e: e[0])
    for moment, ip, country, agent, method, path, status, millis in events:
        size = 0 if status in (301, 304) else int(rng.lognormvariate(8.2, 1.1))
        document = {"@timestamp": stamp(moment), "host": {"name": rng.choice(HOSTS)}, "client": {"ip": ip, "geo": {"country_iso_code": country}},
                    "http": {"method": method, "status": status, "bytes": size}, "url": {"path": path.partition("?")[0]},
                    "duration_ms": round(millis, 2), "user_agent": agent,
                    "message": f'{ip} "{method} {path}" {status} {size}'}
        if "?" in path:
            document["url"]["query"] = path.partition("?")[2]
        if status >= 500:
            document["tags"] = ["error", "upstream-timeout"] if status == 503 else ["error"]
        yield document


class Host:
    """Hands out process ids."""
    def __init__(self, name, user):
        self.name, self.user, self.pid = name, user, 400


def process(rng):
    events = []
    hosts = [Host(f"{kind}-{i:02d}", PEOPLE[i][0]) for i, kind in enumerate(["lap", "lap", "lap", "desk", "desk", "srv"])]

    def event(moment, host, category, kind, **fields):
        document = {"@timestamp": stamp(moment), "event": {"category": category, "type": kind}, "host": {"name": host.name},
                    "user": {"name": fields.pop("user", host.user)}}
        document.update(fields)
        events.append((moment, document))

    def start(moment, host, name, parent, command, **extra):
        host.pid += rng.randrange(3, 40)
        event(moment, host, "process", "start",
              process={"pid": host.pid, "name": name, "parent": {"name": parent}, "command_line": command}, **extra)
        return host.pid

    def end(moment, host, name, pid, code=0):
        event(moment, host, "process", "end", process={"pid": pid, "name": name, "exit_code": code})

    programs = [("chrome.exe", "explorer.exe", "chrome.exe --type=renderer"), ("winword.exe", "explorer.exe", 'winword.exe "report.docx"'),
                ("excel.exe", "explorer.exe", 'excel.exe "budget.xlsx"'), ("svchost.exe", "services.exe", "svchost.exe -k netsvcs"),
                ("powershell.exe", "explorer.exe", "powershell.exe Get-ChildItem"), ("git.exe", "cmd.exe", "git.exe pull"),
                ("backup.exe", "services.exe", "backup.exe --incremental")]
    for _ in range(900):
        host = rng.choice(hosts)
        moment = START + timedelta(days=rng.randrange(2), hours=8, seconds=rng.randrange(10 * 3600), milliseconds=rng.randrange(1000))
        name, parent, command = rng.choice(programs)
        pid = start(moment, host, name, parent, command)
        if name in ("chrome.exe", "git.exe", "backup.exe") or rng.random() < 0.2:
            event(moment + timedelta(milliseconds=rng.randrange(50, 4000)), host, "network", "connection",
                  process={"pid": pid, "name": name}, network={"bytes": int(rng.lognormvariate(9, 1.4))},
                  destination={"ip": f"10.0.{rng.randrange(4)}.{rng.randrange(1, 255)}" if rng.random() < 0.4 else
                               f"93.184.{rng.randrange(256)}.{rng.randrange(1, 255)}", "port": rng.choice([443, 443, 443, 80, 22, 8443])})
        if name in ("winword.exe", "excel.exe", "backup.exe"):
            event(moment + timedelta(seconds=rng.randrange(2, 90)), host, "file", "change", process={"pid": pid, "name": name},
                  file={"path": rf"C:\Users\{host.user}\Documents\{rng.choice(WORDS)}-{rng.randrange(40)}.docx"})
        if rng.random() < 0.9:
            end(moment + timedelta(seconds=rng.randrange(3, 1800)), host, name, pid, rng.choices([0, 1], [95, 5])[0])
    for _ in range(160):
        host = rng.choice(hosts)
        moment = START + timedelta(days=rng.randrange(2), hours=7, seconds=rng.randrange(12 * 3600))
        event(moment, host, "authentication", "start", event_outcome="success" if rng.random() < 0.93 else "failure",
              source={"ip": f"10.0.0.{rng.randrange(2, 80)}"})

    # A document that starts a shell that downloads a program and runs it.
    victim, moment = hosts[2], START + timedelta(days=1, hours=9, minutes=41, seconds=7)
    word = start(moment, victim, "winword.exe", "outlook.exe", 'winword.exe "invoice_4471.docm"')
    shell = start(moment + timedelta(seconds=4), victim, "powershell.exe", "winword.exe", "powershell.exe -enc SQBFAFgA")
    event(moment + timedelta(seconds=6), victim, "network", "connection", process={"pid": shell, "name": "powershell.exe"},
          destination={"ip": "203.0.113.77", "port": 8080}, network={"bytes": 482133})
    event(moment + timedelta(seconds=7), victim, "file", "creation", process={"pid": shell, "name": "powershell.exe"},
          file={"path": r"C:\Users\chloe\AppData\Local\Temp\upd.exe"})
    implant = start(moment + timedelta(seconds=9), victim, "upd.exe", "powershell.exe", r"C:\Users\chloe\AppData\Local\Temp\upd.exe")
    for beat in range(12):
        event(moment + timedelta(seconds=40 + beat * 60), victim, "network", "connection", process={"pid": implant, "name": "upd.exe"},
              destination={"ip": "203.0.113.77", "port": 443}, network={"bytes": 512 + beat})
    end(moment + timedelta(minutes=14), victim, "winword.exe", word)
    # A password that is guessed in the end.
    server, moment = hosts[5], START + timedelta(days=1, hours=2, minutes=3)
    for attempt in range(45):
        event(moment + timedelta(seconds=attempt * 2), server, "authentication", "start", user="admin",
              event_outcome="failure" if attempt < 44 else "success", source={"ip": "198.51.100.23"})
    start(moment + timedelta(seconds=95), server, "cmd.exe", "sshd.exe", "cmd.exe /c whoami /all", user="admin")
    start(moment + timedelta(seconds=104), server, "net.exe", "cmd.exe", "net.exe user backup2 /add", user="admin")
    # Files renamed as fast as the disk allows.
    desk, moment = hosts[4], START + timedelta(days=1, hours=16, minutes=20)
    locker = start(moment, desk, "readme_viewer.exe", "explorer.exe", "readme_viewer.exe")
    for n in range(120):
        event(moment + timedelta(milliseconds=900 + n * 35), desk, "file", "rename", process={"pid": locker, "name": "readme_viewer.exe"},
              file={"path": rf"C:\Users\emi\Documents\{rng.choice(WORDS)}-{n}.docx.locked"})

    events.sort(key=lambda e: e[0])
    for sequence, (_, document) in enumerate(events, 1):
        if "event_outcome" in document:
            document["event"]["outcome"] = document.pop("event_outcome")
        document["event"]["sequence"] = sequence
        yield document


def main():
    rng = random.Random(SEED)
    for name, documents in (("access.ndjson", access(rng)), ("process.ndjson", process(rng)), ("people.ndjson", people())):
        with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="\n") as out:
            for document in documents:
                out.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
