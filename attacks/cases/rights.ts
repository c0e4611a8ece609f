import type { AttackCase } from '../case.ts';
import { CALL } from './kernel.ts';

const py = String.raw;

export const rights: AttackCase[] = [
  {
    id: 'set-uid-programs',
    number: 36,
    title: 'None of the image’s own set-uid programs gives anything.',
    language: 'shell',
    answer: `read n
for p in $(find /bin /usr/bin /sbin /usr/sbin -perm /6000 -type f 2>/dev/null); do
  for try in "$p -c id" "$p root -c id"; do
    timeout 0.2 $try </dev/null 2>&1 | grep -q 'uid=0\\|euid=0' && echo "BREACH $try"
  done
done
sudo -n id 2>/dev/null | grep uid=0 && echo "BREACH sudo"
grep -q 'CapEff:.*[1-9a-f]' /proc/self/status && echo "BREACH capabilities"
echo $((n * n + 1))`,
    time: 6,
    hardTime: 30,
    expect: ['success'],
  },
  {
    id: 'become-root',
    number: 36,
    title: 'No call makes the student root or a member of its group.',
    answer: py`${CALL}
call("setuid", 105, 0)
call("setgid", 106, 0)
call("setresuid", 117, 0, 0, 0)
call("setresgid", 119, 0, 0, 0)
call("setgroups", 116, 1, (ctypes.c_uint32 * 1)(0))
call("raise a limit", 160, 7, (ctypes.c_uint64 * 2)(10**6, 10**6))
libc.prctl(38, 0, 0, 0, 0)
if not GVISOR and libc.prctl(39, 0, 0, 0, 0) != 1: breach("new privileges")
if 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()) or 0 in os.getgroups(): breach("root")
answer()`,
    expect: ['success'],
  },
  {
    id: 'overwrite-the-runtime',
    number: 38,
    title: 'The program that starts containers cannot be overwritten (runc’s CVE-2019-5736).',
    answer: py`
for path in ("/proc/self/exe", "/proc/1/exe", "/usr/bin/python3", "/bin/sh", "/opt/gradeport/agent/start", "/opt/gradeport/agent/main.py", "/lib64/ld-linux-x86-64.so.2"):
    for flags in (os.O_WRONLY, os.O_RDWR | os.O_TRUNC):
        try:
            os.close(os.open(path, flags))
            breach(path)
        except OSError: pass
for place in ("/opt/gradeport", "/opt/gradeport/agent", "/usr/bin", "/etc"):
    try:
        open(place + "/planted", "w").close()
        breach("planted in " + place)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
];
