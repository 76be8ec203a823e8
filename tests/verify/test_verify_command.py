"""`axisos verify` as its users see it: exit codes, reports, replays, and what it says to those who use it wrongly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from axisos.verify.campaign import Campaign
from axisos.verify.plan import Planner, Source, files_of
from axisos.verify.report import report, rules
from axisos.verify.run import Job

BROKEN = Path(__file__).parent.parent / "drivers" / "broken"
COMMAND = "import sys; from axisos.supervisor import main; sys.exit(main())"

GOOD = """
from axis import dk

DRIVER_INFO = {"driver_name": "Good", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

def driver_entry(driver):
    dk.create_device(driver, r"\\Device\\Good")
    dk.create_symbolic_link("/dev/good", r"\\Device\\Good")

def driver_unload(driver):
    dk.delete_device(r"\\Device\\Good")

dk.run(driver_entry, driver_unload)
"""


USER_MODE = """
from axis import umd

DRIVER_INFO = {"driver_name": "User", "driver_type": umd.DRIVER_TYPE_UMD, "load_priority": 500, "version": "1.0"}

def um_driver_entry(driver):
    pass

umd.run(um_driver_entry)
"""


def verify(*args: object) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "verify", *map(str, args)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"}, timeout=120,
    )


def test_a_good_driver_is_clean(tmp_path: Path) -> None:
    """Exit code 0 and one line; calls were made to fail, too."""
    (tmp_path / "good.sys.py").write_text(GOOD)
    done = verify(tmp_path / "good.sys.py", "--seeds", 2)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{tmp_path}/good.sys.py: clean (2 seeds, 2 runs in which a call was made to fail)")
    assert done.stderr == ""


def test_a_finding_names_rule_line_request_and_replay() -> None:
    """The report has it all, and the command that it names finds the same again."""
    path = BROKEN / "completes_twice.sys.py"
    done = verify(path, "--quick")
    assert done.returncode == 1
    text = done.stdout
    assert "1 finding (2 seeds)" in text
    assert "completes-twice: a request was completed that had been completed before" in text
    assert f"{path}:16 in on_read" in text
    assert "request: " in text and " READ \\Device\\CompletesTwice0 from process " in text
    words = next(line for line in text.splitlines() if "replay: axisos verify" in line).split()[3:]
    again = verify(*words, "--json")
    assert again.returncode == 1
    told = json.loads(again.stdout)
    assert [finding["rule"] for finding in told["findings"]] == ["completes-twice"]
    assert told["findings"][0]["replay"].split()[2:] == words
    assert told["seeds"] == told["runs"] == 1


def test_a_fault_is_replayed_by_its_number() -> None:
    """`--fault K` makes just the K-th call fail, and says so when there are not so many."""
    path = BROKEN / "half_made.sys.py"
    found = json.loads(verify(path, "--seeds", 1, "--json").stdout)["findings"][0]
    assert found["rule"] == "does-not-unload" and found["fault"] == 2
    again = json.loads(verify(path, "--seed", found["seed"], "--fault", 2, "--json").stdout)
    assert [finding["rule"] for finding in again["findings"]] == ["does-not-unload"]
    assert again["runs"] == 1
    assert verify(path, "--seed", 0, "--fault", 0).returncode == 0
    too_many = verify(path, "--seed", 0, "--fault", 99)
    assert too_many.returncode == 2
    assert too_many.stderr == "axisos verify: --fault 99: seed 0 comes to 2 such places\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("print('no driver')", "has no DRIVER_INFO"),
        ("def broken(:", "is no Python"),
        (GOOD.replace("KernelModeDriver", "TimeMachine"), "unknown driver_type"),
        (GOOD.replace("KernelModeDriver", "ComponentModeDriver").replace('"1.0"', '"1.0", "supported_component": "no"'),
         "no component of the type"),
        (USER_MODE, "it is a user-mode driver"),
    ],
)  # fmt: skip
def test_what_is_no_driver_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Exit code 2 and one line that says what is wrong with the file."""
    (tmp_path / "it.sys.py").write_text(text)
    done = verify(tmp_path / "it.sys.py", "--quick")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and said in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "either DRIVER or --rules"),
        (("missing.sys.py",), "missing.sys.py: No such file or directory"),
        (("x", "--fault", "1"), "--fault needs --seed"),
        (("x", "--seed", "one"), "'one' is not a whole number"),
        (("x", "--seeds", "0"), "'0' is not a whole number from 1"),
        (("x", "--rules"), "either DRIVER or --rules"),
    ],
)
def test_wrong_use_is_one_line(args: tuple[str, ...], said: str) -> None:
    """Exit code 2."""
    done = verify(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and said in done.stderr


def test_the_rules_are_printed() -> None:
    """Each with what, why and what to write instead; as JSON, too."""
    text = verify("--rules").stdout
    assert all(name in text for name in rules())
    table = json.loads(verify("--rules", "--json").stdout)
    assert [row["rule"] for row in table] == list(rules())
    assert all(row["what"] and row["why"] and row["instead"] for row in table)


def test_a_run_is_decided_by_its_seed() -> None:
    """The same seed twice: the same plan, the same findings, the same places, in the same order."""
    path = str(BROKEN / "unhandled_error.sys.py")
    job = Job(path, files_of(path))
    assert Planner(5, job.source).plan("/drivers/x", "") == Planner(5, job.source).plan("/drivers/x", "")
    assert Planner(5, job.source).plan("/drivers/x", "") != Planner(6, job.source).plan("/drivers/x", "")
    results = []
    for _ in range(2):
        campaign = Campaign(job, [5], faults=False, time_s=300)
        campaign.go()
        (result,) = campaign.results
        results.append((result.findings, result.sites, result.outcome, result.log))
    assert results[0] == results[1]


def test_who_has_no_time_gets_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Runs that were not done are counted, and no child is left. A driver of which nothing is known is not clean."""
    path = str(BROKEN / "completes_twice.sys.py")
    campaign = Campaign(Job(path, files_of(path)), range(50), time_s=0.0)
    campaign.go()
    assert campaign.left == 50 and campaign.stopped == "out of time"
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    for as_json in (False, True):
        assert report(campaign, path, "", 0.0, as_json) == 1
    assert capsys.readouterr().out.startswith(f"{path}: nothing is known (0 seeds)\nout of time: 50 runs were not done")


def test_who_was_never_tried_is_not_clean(tmp_path: Path) -> None:
    """A time in which not even one run can end gives no verdict: exit code 2, and what to do."""
    (tmp_path / "good.sys.py").write_text(GOOD)
    done = verify(tmp_path / "good.sys.py", "--time", "0.001")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("no run was done within 0.001 s, so nothing is known of it; try --time\n")


def test_methods_are_learnt_from_the_source() -> None:
    """What is compared with `method`, and the keys of tables of functions, come first; then whatever looks like one."""
    source = Source([b"""
HANDLERS = {"rewind": rewind, "eject": self.eject}
def on_control(device, irp):
    method = irp.parameters.method
    if method == "clear" or irp.parameters.method in ("resize", "flush"):
        return "done"
"""])
    assert set(source.likely) == {"rewind", "eject", "clear", "resize", "flush"}
    assert "done" in source.methods
