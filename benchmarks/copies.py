"""Copies of the page behind Caddy:  python -m benchmarks.copies [drill | load]   (needs the Debian package caddy)

drill: 20 visitors with 30 calls each, uploads and a live slider, through ``deploy/Caddyfile``: all must be answered, by
both copies. Once more, with a copy killed (SIGKILL) in the middle: every call begun after that must be answered within
5 seconds, to visitors who ask again where they are refused. And with round robin in place of the cookie, which must
fail: an event waits in the process that took it.
load: what one copy and two hold on this machine, the visitors' own process and Caddy included: samples a second of
visitors who never pause, and how many visitors who pause are answered quickly.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter

import psutil

from benchmarks.latency import own_runs
from benchmarks.visitors import PATIENCE, TICK, caddy, called, copies, crowd, mixed, seconds_of_a_page, slide, together

QUICK = 0.5  # seconds below which 95 % of the answers lie while all visitors are held
PAUSE = 0.75  # seconds between an open page's calls: every second it asks by itself, every third its visitor does
READY_SECONDS = 10  # until each copy's process that is kept ready has nothing left to do
LADDER = (10, 15, 20, 30, 40, 50, 60, 80, 100, 120)
CONTROL_CALLS = 5  # of each visitor: many of them wait until patience ends


def drill(url, visitors, calls, strike=None):
    """Every visitor calls so many times; after half of all calls ``strike()`` is called. Figures of what came of it.

    Those who are refused ask again only where there is a strike.
    """
    again = PATIENCE if strike else 0.0
    work = lambda visitor: (called(mixed, visitor, number, again=again) for number in range(calls))
    threads, found = together(crowd(url, visitors), work)
    struck = float("inf")
    if strike is not None:
        while len(found) < visitors * calls / 2:
            time.sleep(0.01)
        strike()
        struck = time.perf_counter()
    for thread in threads:
        thread.join()
    return figures(found, struck)


def figures(found, struck):
    """What came of a drill's calls, as a dict; ``new`` are those begun after a copy was struck."""
    answers = {call.answer for call in answered(found)}
    new = [call for call in found if call.begun > struck]
    return {
        "calls": len(found),
        "answered": len(answered(found)),
        "at_once": sum(not call.errors for call in found),
        "copies": len({call.copy for call in found}),
        "same_everywhere": len(answers) == len({question for question, _ in answers}),
        "slowest": max(call.seconds for call in found),
        "new": len(new),
        "new_answered": len(answered(new)),
        "new_at_once": sum(not call.errors for call in new),
        "new_slowest": max((call.seconds for call in new), default=None),
        "errors": dict(Counter(error for call in found for error in call.errors)),
    }


def answered(calls):
    return [call for call in calls if call.answer]


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def drills(visitors, calls):
    """``{name: figures}`` of the three drills."""
    found = {}
    with tempfile.TemporaryDirectory() as runs, copies(2, runs, "--no-train") as started:
        with caddy(started, "lb_policy round_robin") as url:
            found["round robin"] = drill(url, visitors, min(calls, CONTROL_CALLS))
        with caddy(started) as url:
            found["cookie"] = drill(url, visitors, calls)
            found["one killed"] = drill(url, visitors, calls, lambda: kill(next(iter(started.values()))))
    for name, figure in found.items():
        print(f"{name:>12}: " + ", ".join(f"{key} {value}" for key, value in figure.items()), flush=True)
    return found


def load(visitors, seconds, pause, action, *arguments):
    """Visitors who call for so long, with a ``pause()`` before each: (calls, seconds, cores this process was busy)."""
    begun, spent = time.perf_counter(), time.process_time()

    def work(visitor):
        for number in itertools.count():
            time.sleep(pause())
            if time.perf_counter() > begun + seconds:
                return
            yield called(action, visitor, number, *arguments)

    threads, found = together(visitors, work)
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - begun
    return found, lasted, round((time.process_time() - spent) / lasted, 2)


def samples(visitors, seconds, count):
    """Figures of visitors who never pause, each with sheets of ``count`` images."""
    found, lasted, busy = load(visitors, seconds, lambda: 0.0, slide, count)
    done = len(answered(found))
    return {"sheet": count, "visitors": len(visitors), "calls": len(found), "answered": done,
            "samples_per_second": round(count * done / lasted, 1), "visitors_cores": busy}  # fmt: skip


def paused(visitors, seconds):
    """Figures of visitors who look for 3 seconds, on average, between two calls; times are those of these calls."""
    found, _, busy = load(visitors, seconds, lambda: random.expovariate(1 / PAUSE), seconds_of_a_page)
    times = sorted(call.seconds for call in found if call.answer is None or call.answer[0] != TICK)
    return {"visitors": len(visitors), "calls": len(times), "with_ticks": len(found), "answered": len(answered(found)),
            "median": round(statistics.median(times), 3), "p95": round(times[int(0.95 * len(times))], 3),
            "visitors_cores": busy}  # fmt: skip


def climb(url, seconds, ladder):
    """Figures for more and more visitors, the first that are not answered quickly included."""
    visitors, steps = [], []
    for count in ladder:
        visitors += crowd(url, count - len(visitors))
        steps.append(paused(visitors, seconds))
        if steps[-1]["p95"] > QUICK or steps[-1]["answered"] < steps[-1]["with_ticks"]:
            break
    return steps


def loads(seconds, ladder):
    """``{copies: [figures]}`` of one copy and of two, and the megabytes of each that no other process shares."""
    found = {}
    with own_runs() as runs, copies(2, runs) as started:
        time.sleep(READY_SECONDS)
        for count in (1, 2):
            with caddy(list(started)[:count]) as url:
                eight = crowd(url, 8)
                load(eight, 1, lambda: 0.0, mixed)  # the first calls load the models
                found[count] = [*(samples(eight, seconds, sheet) for sheet in (1, 16)), *climb(url, seconds, ladder)]
            for figure in found[count]:
                told = ", ".join(f"{key} {value}" for key, value in figure.items())
                print(f"{count} of 2 copies: {told}", flush=True)
        found["megabytes"] = [round(psutil.Process(one.pid).memory_full_info().uss / 1e6) for one in started.values()]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["drill", "load"], help="default: both")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--calls", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=6, help="of each measurement of load")
    parser.add_argument("--most", type=int, default=LADDER[-1], help="visitors who pause")
    args = parser.parse_args()
    if shutil.which("caddy") is None:
        parser.error("caddy is missing: apt-get install caddy")
    found = {}
    if args.what != "load":
        found["drill"] = drills(args.visitors, args.calls)
    if args.what != "drill":
        found["load"] = loads(args.seconds, [count for count in LADDER if count <= args.most])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
