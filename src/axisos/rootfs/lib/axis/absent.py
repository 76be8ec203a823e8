"""What Python documents and AxisOS cannot do, and what does the like here.

One table a module of /lib/python. A module's `__getattr__` ends in `attribute`, so `hasattr(os, "fork")` is False and
`os.fork` says what to use instead. A function that is there for some of its documented arguments only raises what
`call` makes for the others.

Called by   the modules of /lib/python when something is not there, and never before: a program that asks for nothing
            strange does not load this.
Owns        constant tables. A name that ends in `*` stands for all that begin so.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_SPAWN = "use subprocess.Popen, or syscall('process_spawn', path, None, env, handles)"
_IDENTITY = "who a program runs as comes from its login; see the command su, and os.getuid, os.getgroups to ask"
_SCHEDULER = "all programs share the processor alike; see syscall sched_get_stats, and os.sched_yield to give way"
_LINKS = "there are no links; shutil.copy makes a copy"
_POSITION = "use os.lseek, then os.read or os.write (vfs_seek, vfs_read, vfs_write)"
_BLOCKING = "a read blocks its own thread only; use a threading.Thread, or axis.sync.wait with a timeout"
_TERMINAL = "ask the terminal: axis.filesystem.device_control(handle, 'get_size'), 'set_echo', 'set_foreground'"
_ATTRIBUTES = "files have a mode and an owner and nothing more; see os.stat, os.chmod, os.chown (vfs_stat, vfs_chmod)"
_DESCRIPTORS = "handles are tokens, not numbers, and none is inherited; pass handles to syscall('process_spawn', ...)"
_KERNEL = "the kernel has no such object; see axis.sync, axis.ipc and axis.pipe for those it has"
_LIMITS = "there is no call for it; see syscall mem_info and sched_get_stats"
_ARCHIVES = "there are no archives; shutil.copytree copies a tree"
_ALARM = "use threading.Timer, or axis.sync.create_timer (ke_create_timer, ke_set_timer)"
_WAITING = "use signal.signal with signal.pause (ke_signal_handler)"
_FAULTS = "AxisOS has the signals of signal.Signals"
_TRACING = "there is no tracing of programs from inside; `axisos run --trace FILE` records a run from outside"
_IMPORTS = "imports come from the program's own directory, /lib/python and /usr/lib, in this order"
_FRAMES = "frames are closed to programs; traceback.format_exc() gives the text, sys.exception() the error"
_MEMORY = "the interpreter's own memory is closed to programs; see syscall mem_info"
_ASYNC = "there are no event loops; use threading.Thread"
_HOST = "it belongs to the host's interpreter"
_WINDOWS = "paths here are POSIX paths; use pathlib.PurePosixPath"

TABLES: dict[str, dict[str, str]] = {
    "os": {
        "fork forkpty register_at_fork": _SPAWN,
        "execl execle execlp execlpe execv execve execvp execvpe posix_spawn* POSIX_SPAWN_* spawnl spawnle spawnlp "
        "spawnlpe spawnv spawnve spawnvp spawnvpe P_WAIT P_NOWAIT P_NOWAITO": _SPAWN,
        "wait3 wait4 waitid waitid_result P_ALL P_PGID P_PID P_PIDFD WCONTINUED WEXITED WNOWAIT WSTOPPED WUNTRACED "
        "CLD_* pidfd_open PIDFD_*": "use os.waitpid (process_wait_status, process_wait_any)",
        "link symlink readlink lchown lchmod lchflags": _LINKS,
        "utime": "the VFS sets times when a file is written; pathlib.Path.touch gives it the present time",
        "setuid setgid seteuid setegid setgroups setreuid setregid setresuid setresgid initgroups getresuid getresgid "
        "getgrouplist NGROUPS_MAX": _IDENTITY,
        "setsid getsid": "there are no sessions; use os.setpgid (ke_setpgid)",
        "dup dup2 closerange get_inheritable set_inheritable fcntl": _DESCRIPTORS,
        "get_blocking set_blocking pipe2 O_NONBLOCK O_NDELAY O_ASYNC": _BLOCKING,
        "pread pwrite preadv pwritev readv writev readinto RWF_* copy_file_range sendfile splice SPLICE_* SEEK_DATA "
        "SEEK_HOLE posix_fadvise posix_fallocate POSIX_FADV_* O_DIRECT O_TMPFILE O_PATH O_NOATIME O_LARGEFILE "
        "O_EVTONLY O_EXEC O_SEARCH O_EXLOCK O_SHLOCK": _POSITION,
        "lockf F_LOCK F_TEST F_TLOCK F_ULOCK": "files have no locks; use a named axis.ipc object, or os.O_EXCL",
        "mkfifo": "use axis.pipe.create_named (ke_create_named_pipe)",
        "mknod makedev major minor": "devices come from drivers; see dk.create_device",
        "chroot fchdir pivot_root unshare setns CLONE_*": "every program sees the whole tree; see os.chdir",
        "umask": "a new file's mode is 644 or its directory's default; use os.chmod (vfs_chmod)",
        "fchmod fchown chflags getxattr setxattr listxattr removexattr XATTR_*": _ATTRIBUTES,
        "statvfs fstatvfs statvfs_result ST_* fpathconf pathconf pathconf_names sysconf sysconf_names confstr "
        "confstr_names getloadavg": _LIMITS,
        "getpriority setpriority nice PRIO_* sched_* SCHED_*": _SCHEDULER,
        "ctermid ttyname openpty login_tty posix_openpt grantpt unlockpt ptsname tcgetpgrp tcsetpgrp": _TERMINAL,
        "eventfd* EFD_* memfd_* MFD_* timerfd_* TFD_*": _KERNEL,
        "RTLD_*": "there are no shared libraries; import a module",
        "environb getenvb": "variables are text: use os.environ, os.getenv",
        "fwalk": "use os.walk",
        "startfile": "use subprocess.Popen",
        "TMP_MAX": "use tempfile",
    },
    "sys": {
        "_getframe _current_frames _current_exceptions": _FRAMES,
        "settrace gettrace setprofile getprofile call_tracing breakpointhook monitoring activate_stack_trampoline "
        "deactivate_stack_trampoline is_stack_trampoline_active": _TRACING,
        "meta_path path_hooks path_importer_cache pycache_prefix platlibdir stdlib_module_names": _IMPORTS,
        "addaudithook audit": "calls are watched from outside: `axisos run --trace`, and the kernel log (dmesg_read)",
        "getrefcount getallocatedblocks getunicodeinternedsize _is_interned _clear_internal_caches": _MEMORY,
        "get_asyncgen_hooks set_asyncgen_hooks get_coroutine_origin_tracking_depth "
        "set_coroutine_origin_tracking_depth": _ASYNC,
        "getdlopenflags setdlopenflags abiflags api_version flags _git _framework _xoptions _jit remote_exec "
        "is_remote_debug_enabled": _HOST,
        "getswitchinterval setswitchinterval": "a turn lasts 50 ms; see syscall sched_get_stats (quantum_ms)",
        "unraisablehook": "programs have no __del__, so nothing fails unseen",
        "last_type last_value last_traceback last_exc": _FRAMES,
        "set_int_max_str_digits": "the limit belongs to the machine; sys.get_int_max_str_digits() tells it",
    },
    "time": {
        "CLOCK_BOOTTIME CLOCK_MONOTONIC_RAW CLOCK_TAI CLOCK_HIGHRES CLOCK_PROF CLOCK_UPTIME* pthread_getcpuclockid":
            "the machine has the clocks CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID and "
            "CLOCK_THREAD_CPUTIME_ID (time_get, process_cpu_stats)",
        "clock_settime clock_settime_ns": "the machine's clock is set from outside; time_get reads it",
        "tzset": "the time zone is UTC; see datetime.timezone for others",
    },
    "threading": {
        "settrace setprofile settrace_all_threads setprofile_all_threads gettrace getprofile": _TRACING,
        "stack_size": "a thread's stack grows as it needs; sys.getrecursionlimit() is what bounds it",
    },
    "io": {
        "BufferedRWPair": "use the two streams of a pipe one by one (axis.pipe, ke_create_pipe)",
        "IncrementalNewlineDecoder": "open the file with newline=None",
        "Reader Writer": "use typing.Protocol",
    },
    "pathlib": {
        "PureWindowsPath WindowsPath UnsupportedOperation": _WINDOWS,
    },
    "signal": {
        "alarm setitimer getitimer ITIMER_* ItimerError": _ALARM,
        "sigwait sigwaitinfo sigtimedwait sigpending struct_siginfo set_wakeup_fd siginterrupt": _WAITING,
        "pthread_kill pidfd_send_signal": "signals go to processes, not to threads; use os.kill (process_kill)",
        "SIGBUS SIGCLD SIGEMT SIGFPE SIGINFO SIGIO SIGIOT SIGPOLL SIGPROF SIGPWR SIGRTMAX SIGRTMIN SIGSEGV SIGSTKFLT "
        "SIGSYS SIGTRAP SIGTTIN SIGTTOU SIGURG SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ SIGBREAK CTRL_*": _FAULTS,
    },
    "subprocess": {
        "STARTUPINFO STARTF_* CREATE_* SW_*": "they are for another operating system",
    },
    "shutil": {
        "make_archive unpack_archive get_archive_formats get_unpack_formats register_archive_format "
        "register_unpack_format unregister_archive_format unregister_unpack_format ReadError RegistryError": _ARCHIVES,
        "disk_usage": _LIMITS,
    },
    "tempfile": {
        "gettempdirb gettempprefixb": "paths are text: use gettempdir, gettempprefix",
    },
    "stat": {
        "FILE_ATTRIBUTE_* IO_REPARSE_TAG_* UF_* SF_* S_IFDOOR S_IFPORT S_IFWHT": _ATTRIBUTES,
    },
    "glob": {
        "glob0 glob1": "use glob.glob",
    },
    "concurrent.futures": {
        "ProcessPoolExecutor": "a machine has one processor; use ThreadPoolExecutor, or subprocess.Popen for programs",
    },
    "getpass": {
        "unix_getpass win_getpass fallback_getpass": "use getpass.getpass",
    },
}


def reason_for(module: str, name: str) -> str:
    """Why *name* is not in *module* and what to use; "" for a name that Python does not document either."""
    for names, reason in TABLES.get(module, {}).items():
        for known in names.split():
            if known == name or (known[-1] == "*" and name.startswith(known[:-1])):
                return reason
    return ""


def attribute(module: str, name: str) -> NoReturn:
    """The end of a module's `__getattr__`. Raises: AttributeError."""
    reason = reason_for(module, name)
    text = f"{module}.{name} is not there: {reason}" if reason else f"module {module!r} has no attribute {name!r}"
    raise AttributeError(text, name=name)


def call(what: str, instead: str) -> NotImplementedError:
    """The error for what a function does not do here; *what* as in "os.stat(dir_fd=...)"."""
    return NotImplementedError(f"{what} is not there: {instead}")
