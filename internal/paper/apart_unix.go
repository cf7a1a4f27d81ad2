//go:build unix

package paper

import (
	"os/exec"
	"syscall"
)

// apart gives a program a process group of its own, which ends as a whole:
// Chromium is several processes.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
