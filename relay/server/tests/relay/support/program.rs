//! The real program in a process of its own.

use std::{
    io::{BufRead, BufReader, PipeWriter, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdin, Command, Output, Stdio},
};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_renfort-relay"))
}

/// Runs a command to its end.
pub fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin: ChildStdin = child.stdin.take().unwrap();
    // A command that asks for no password does not read.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// A pipe's end whose other end is gone.
fn closed() -> PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer
}

/// Runs a command whose output nobody reads any more, and whose errors neither if `errors_too`.
pub fn run_unread(arguments: &[&str], errors_too: bool) -> Output {
    let mut command = program();
    command.args(arguments).stdin(Stdio::null()).stdout(closed());
    if errors_too {
        command.stderr(closed());
    } else {
        command.stderr(Stdio::piped());
    }
    command.spawn().unwrap().wait_with_output().unwrap()
}

/// A relay that serves; killed when dropped.
pub struct Serving {
    child: Child,
    pub address: SocketAddr,
    /// What it says after its address.
    pub said: String,
}

impl Serving {
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, Stdio::inherit())
    }

    /// Nobody reads what it writes on standard error.
    pub fn start_unread(data: &Path) -> Self {
        Self::start_with(data, closed().into())
    }

    /// Nobody reads what it writes on standard output, where it says its address.
    pub fn start_unannounced(data: &Path) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut child = program()
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(data)
            .stdout(closed())
            .spawn()
            .unwrap();
        for _ in 0..600 {
            if std::net::TcpStream::connect(address).is_ok() {
                let said = String::new();
                return Self { child, address, said };
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        child.kill().unwrap();
        panic!("it does not listen: {:?}", child.wait());
    }

    fn start_with(data: &Path, errors: Stdio) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (mut line, mut said) = (String::new(), String::new());
        stdout.read_line(&mut line).unwrap();
        stdout.read_line(&mut said).unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("{line:?}"));
        Self {
            address: address.parse().unwrap(),
            child,
            said,
        }
    }

    /// As `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a service manager does: SIGTERM, then waits.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        self.child.wait().unwrap()
    }

    /// Resident memory, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Already dead is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
