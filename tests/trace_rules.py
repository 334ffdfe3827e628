# SPDX-License-Identifier: BSD-2-Clause
"""What the Chrome JSON form of a trace must be for viewers to show all of it.

broken() reads the events in the order of the file, with one stack of open slices a track, and wants
for each end of an arrow that the slice which began last there, and did not yet make room for the next,
lies around the arrow's time: viewers go by the one or by the other, and this satisfies all of them.
"""

import collections

NEEDED = {"M": {"args"}, "X": {"ts", "dur"}, "i": {"ts", "s"}, "s": {"ts", "id", "cat"},
          "f": {"ts", "id", "cat", "bp"}}


class Rules:
    def __init__(self):
        self.found, self.open = [], collections.defaultdict(list)
        self.names = {"process_name": {}, "thread_name": {}}
        self.arrows, self.now = {}, 0

    def say(self, why, event):
        self.found.append(f"{why}: {event}")

    def name(self, event):
        if event["name"] in self.names:
            key = event["pid"] if event["name"] == "process_name" else event["tid"]
            if self.names[event["name"]].setdefault(key, event["args"]["name"]) != event["args"]["name"]:
                self.say("two names for one", event)

    def begin(self, event, length):
        stack = self.open[event["pid"], event["tid"]]
        begin = round(event["ts"] * 1000)
        while stack and stack[-1][1] <= begin:
            stack.pop()
        stack.append((begin, begin + round(length * 1000), event["ph"]))
        if len(stack) > 1 and stack[-1][1] > stack[-2][1]:
            self.say("it begins in a slice and ends after it", event)
        if length < 0:
            self.say("it ends before it begins", event)

    def bind(self, event):
        stack = self.open[event["pid"], event["tid"]]
        time = round(event["ts"] * 1000)
        if not stack or stack[-1][2] != "X" or not stack[-1][0] <= time <= stack[-1][1]:
            self.say("no slice at this end of an arrow", event)
        key = event["cat"], event["name"], event["id"]
        if self.arrows.get(key, "") + event["ph"] not in ("s", "sf"):
            self.say("an arrow with too many ends", event)
        self.arrows[key] = self.arrows.get(key, "") + event["ph"]

    def take(self, event):
        if event["ph"] == "M":
            self.name(event)
            return
        if event["ts"] < self.now:
            self.say("not in the order of time", event)
        self.now = event["ts"]
        if event["pid"] not in self.names["process_name"] or event["tid"] not in self.names["thread_name"]:
            self.say("on a track without a name", event)
        if event["ph"] in "Xi":
            self.begin(event, event.get("dur", 0))
        else:
            self.bind(event)


def broken(events):
    """What is wrong, a line each; none if nothing is."""
    rules = Rules()
    for event in events:
        if not {"ph", "name", "pid", "tid"} | NEEDED.get(event.get("ph"), {"?"}) <= set(event):
            rules.say("not an event of a known kind, whole", event)
        elif event["pid"] == 0 or event["tid"] == 0:
            rules.say("number 0, which is the idle process", event)
        else:
            rules.take(event)
    rules.found += [f"an arrow with one end: {key}" for key, ends in rules.arrows.items() if ends != "sf"]
    return rules.found
