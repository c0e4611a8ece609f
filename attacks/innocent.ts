/** Honest answers: one runs beside an attack, one after it, and both must get the right verdict. */
import type { AttackCase } from './case.ts';

export const BESIDE: AttackCase = {
  id: 'innocent-beside',
  number: null,
  title: 'An honest answer beside an attack is right.',
  answer: `
time.sleep(0.3)
with open("own.txt", "w") as file: file.write("mine")
assert open("own.txt").read() == "mine"
answer()`,
  time: 10,
  hardTime: 30,
  expect: ['success'],
};

/** Looks for leftovers of other runs; its output is compared with that of a run before all attacks. */
export const AFTER: AttackCase = {
  id: 'innocent-after',
  number: null,
  title: 'An honest answer after an attack finds nothing of it.',
  answer: `
import fcntl, json, socket
def names(folder):
    try: return sorted(os.listdir(folder))
    except OSError as error: return type(error).__name__
def lines(path):
    try: return len(open(path).readlines())
    except OSError as error: return type(error).__name__
def locks(path):
    try:
        with open(path) as file: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return "free"
    except OSError as error: return type(error).__name__
found = {place: names(place) for place in ("/tmp", "/dev/shm", "/dev/mqueue", "/task", "/task/student", "/run", "/var/tmp")}
found["processes"] = len([name for name in os.listdir("/proc") if name.isdigit()])
found["ipc"] = [lines("/proc/sysvipc/" + kind) for kind in ("msg", "sem", "shm")]
found["locks"] = [locks(path) for path in ("/etc/passwd", "/etc/hosts", "/usr/bin/env")]
found["abstract"] = [line for line in open("/proc/net/unix") if "@" in line] if os.path.exists("/proc/net/unix") else []
found["mounts"] = sorted(line.split()[1] for line in open("/proc/mounts"))
print(json.dumps(found, sort_keys=True))
answer()`,
  time: 10,
  hardTime: 30,
  expect: ['success'],
};
