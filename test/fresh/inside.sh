# The first process of the fresh machine: mounts what a machine has, enters its files, and runs npm test.
# Arguments: its files, the checkout in them, then those of npm test. CGROUP_TREES: a line "type options place" each.
set -eu
root=$1
checkout=$2
shift 2

mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
printf '%s\n' "$CGROUP_TREES" | while read -r type options place; do
  mkdir -p ".$place"
  mount -t "$type" -o "$options" cgroup ".$place"
done
# Such as cpuacct, where one tree has two controllers.
find /sys/fs/cgroup -maxdepth 1 -type l -exec cp --no-dereference {} sys/fs/cgroup/ \;

mount -t tmpfs -o mode=755,nosuid tmpfs dev
for name in null zero full random urandom tty; do cp --archive "/dev/$name" dev/; done
mkdir dev/pts dev/shm dev/mqueue
mount -t devpts -o newinstance,ptmxmode=666,gid=5,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
mount -t mqueue mqueue dev/mqueue
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "dev/${number#*:}"; done

mkdir old
pivot_root . old
umount --lazy /old
rmdir /old
hostname fresh
unset CGROUP_TREES
# For programs with a list of their own, such as Java: the machine's certificates are in /usr/local/share/ca-certificates.
if command -v update-ca-certificates > /dev/null; then update-ca-certificates > /dev/null; fi
cd "$checkout"
# No exec: the first process has to wait for all that lose their parents.
npm test -- "$@"
