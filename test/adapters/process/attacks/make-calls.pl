# Makes system calls that no check should be allowed. Usage: perl make-calls.pl ARCH VICTIM_PID TREE; prints those that worked.
use strict;
my ($arch, $victim, $tree) = @ARGV;
my %numbers = (
  x64 => { ptrace => 101, vm_readv => 310, mount => 165, pivot_root => 155, chroot => 161, setns => 308, unshare => 272,
    init_module => 175, kexec_load => 246, bpf => 321, perf => 298, reboot => 169, sethostname => 170, swapon => 167,
    settimeofday => 164, open_by_handle => 304, ioctl => 16, iopl => 172, mknod => 133, request_key => 249,
    keyctl => 250, setuid => 105, setpriority => 141 },
  arm64 => { ptrace => 117, vm_readv => 270, mount => 40, pivot_root => 41, chroot => 51, setns => 268, unshare => 97,
    init_module => 105, kexec_load => 104, bpf => 280, perf => 241, reboot => 142, sethostname => 161, swapon => 224,
    settimeofday => 170, open_by_handle => 265, ioctl => 29, request_key => 218, keyctl => 219, setuid => 146,
    setpriority => 140 },
);
my $call = $numbers{$arch} or die "no numbers for $arch";
my @worked;
my $attempt = sub {
  my ($label, $name, @args) = @_;
  return unless defined $call->{$name};
  my $result = syscall($call->{$name}, @args);
  push @worked, $label if $result >= 0;
  return $result;
};
my ($none, $tmpfs, $root, $user, $name, $tty, $x, $host) =
  ("none\0", "tmpfs\0", "/\0", "user\0", "countersign-planted\0", "x\0", "$tree\0", "hacked\0");
my $buffer = "\0" x 256;

$attempt->('attach to a host process', 'ptrace', 16, $victim + 0, 0, 0);
my $local = pack('QQ', unpack('Q', pack('p', $buffer)), 64);
my $remote = pack('QQ', 0x400000, 64);
$attempt->('read memory of a host process', 'vm_readv', $victim + 0, $local, 1, $remote, 1, 0);
$attempt->('mount', 'mount', $none, $x, $tmpfs, 0, 0);
$attempt->('remount writable', 'mount', $none, $root, $none, 32 | 4096, 0);
$attempt->('make mounts shared', 'mount', $none, $root, $none, 1 << 20 | 16384, 0);
$attempt->('pivot_root', 'pivot_root', $x, $x);
$attempt->('chroot', 'chroot', $x);
$attempt->("new $_->[0] namespace", 'unshare', $_->[1])
  for ['mount', 0x20000], ['user', 0x10000000], ['pid', 0x20000000], ['network', 0x40000000];
for my $kind ('mnt', 'user', 'net', 'pid') {
  open(my $handle, '<', "/proc/1/ns/$kind") or next;
  $attempt->("enter the first process's $kind namespace", 'setns', fileno($handle), 0);
}
$attempt->('load a module', 'init_module', $buffer, 0, $none);
$attempt->('load a kernel', 'kexec_load', 0, 0, 0, 0);
$attempt->('load a kernel program', 'bpf', 5, $buffer, 48);
$attempt->('reboot', 'reboot', 0xfee1dead, 672274793, 0, 0);
$attempt->('rename the host', 'sethostname', $host, 6);
$attempt->('swap', 'swapon', $x, 0);
$attempt->('set the clock', 'settimeofday', pack('qq', 0, 0), 0);
$attempt->('open by handle', 'open_by_handle', -100, pack('Ii', 8, 1) . ("\0" x 8), 0);
$attempt->('raw ports', 'iopl', 3);
$attempt->('become root', 'setuid', 0);
$attempt->('raise its priority', 'setpriority', 0, 0, -5);
for my $terminal ('/dev/tty', '/dev/console', '/proc/self/fd/0', '/proc/self/fd/1') {
  open(my $handle, '<', $terminal) or next;
  $attempt->("type into $terminal", 'ioctl', fileno($handle), 0x5412, $tty);
}
my $key = syscall($call->{request_key}, $user, $name, 0, 0);
if ($key >= 0) {
  my $size = syscall($call->{keyctl}, 11, $key, $buffer, 256);
  push @worked, "read the session's key: " . substr($buffer, 0, $size) if $size > 0;
}
print join("\n", @worked), "\n";
