/**
 * Which system calls programs in a container may make (OCI runtime specification, linux.seccomp): an allow-list, so
 * that a call that we overlooked is refused. It permits what Docker permits a container without capabilities,
 * less io_uring, which has been the way out of many a container, less what the machine counts once for all containers
 * (io_setup), and some harmless newer calls. Names that a kernel or a runtime does not know are skipped by it. Each
 * way of starting containers gives it to the runtime. Why Gradeport has its own list: docs/decisions/0025.
 */
const ALLOWED = `
_llseek _newselect accept accept4 access adjtimex alarm arch_prctl bind brk cachestat capget capset chdir chmod
chown chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range creat dup dup2 dup3
epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark
fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock
fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex
futex_requeue futex_time64 futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu
getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer
getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32
getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 getxattr inotify_add_watch
inotify_init inotify_init1 inotify_rm_watch ioctl ioprio_get ioprio_set ipc kill landlock_add_rule landlock_create_ruleset
landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr llistxattr lremovexattr lseek
lsetxattr lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat
mknod mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mprotect mq_getsetattr mq_notify mq_open
mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget
msgrcv msgsnd msync munlock munlockall munmap nanosleep newfstatat open openat openat2 pause pidfd_open
pidfd_send_signal pipe pipe2 poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease
pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom
recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir
rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64
sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop
semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list set_thread_area
set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid
setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid
setsockopt setuid setuid32 setxattr shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4
sigprocmask sigreturn splice stat stat64 statfs statfs64 statx symlink symlinkat
sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat utime utimensat
utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write writev
`
  .trim()
  .split(/\s+/);

/**
 * The only families of sockets (sys/socket.h): UNIX, INET, INET6, NETLINK. Each of them has a namespace. The others
 * reach past it, as VSOCK reaches the host of a virtual machine, or are parts of the kernel that no run needs.
 * socketcall (32 bits) hides its arguments in memory, where no filter can see them: libc takes socket instead.
 */
const FAMILIES = [1, 2, 10, 16];
const UNIX = 1;

/** Of the words that clone takes for new namespaces (CLONE_NEW*, sched.h), none may be there. */
const NEW_NAMESPACES = 0x7e02_0000;
/** personality(2): Linux' own, with or without fixed addresses, as a 32-bit machine; or only asked for. */
const PERSONALITIES = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];
const ENOSYS = 38;

type Argument = { index: number; value: number; valueTwo?: number; op: string };
type Rule = { names: string[]; action: string; args?: Argument[]; errnoRet?: number };

/** A 32-bit program runs on 64-bit processors, too. The x32 calls are unused: a kernel that has them refuses them. */
const ARCHITECTURES: Record<string, [own: string, ...also: string[]]> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
};

const allow = (names: string[], args?: Argument[]): Rule => ({
  names,
  action: 'SCMP_ACT_ALLOW',
  ...(args && { args }),
});
const first = (value: number): Argument => ({ index: 0, value, op: 'SCMP_CMP_EQ' });

/** @param flags which argument of clone has its flags */
const clone = (flags: number): Rule =>
  allow(['clone'], [{ index: flags, value: NEW_NAMESPACES, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }]);

const RULES: readonly Rule[] = [
  allow(ALLOWED),
  ...FAMILIES.map((family) => allow(['socket'], [first(family)])),
  allow(['socketpair'], [first(UNIX)]),
  ...PERSONALITIES.map((value) => allow(['personality'], [first(value)])),
  // libseccomp allows it together with socket, for any family, unless it is named.
  { names: ['socketcall'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  // Its flags are in memory, where no filter can see them: libc takes clone instead.
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
];

/** @returns linux.seccomp; null for a processor that this list is not made for */
export function systemCalls(processor: string): object | null {
  const architectures = ARCHITECTURES[processor];
  return architectures
    ? { defaultAction: 'SCMP_ACT_ERRNO', architectures, syscalls: [...RULES, clone(0)] }
    : null;
}

/** On these alone, clone has its flags second: clone(2). */
const FLAGS_SECOND = { arches: ['s390', 's390x'] };

/** The same for an engine whose processor we do not know: Docker's own form of a profile, which the engine reads. */
export const systemCallsForEngine = (): object => ({
  defaultAction: 'SCMP_ACT_ERRNO',
  archMap: Object.values(ARCHITECTURES).map(([architecture, ...subArchitectures]) => ({
    architecture,
    subArchitectures,
  })),
  syscalls: [...RULES, { ...clone(0), excludes: FLAGS_SECOND }, { ...clone(1), includes: FLAGS_SECOND }],
});
