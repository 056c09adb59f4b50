//! A wire that can be cut: it stands between a desk and its server, and does something to the next requests that hold
//! certain bytes.

#![allow(dead_code, unreachable_pub, reason = "every test takes what it needs")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

pub struct Proxy {
    pub port: u16,
    fault: Arc<Mutex<Option<Fault>>>,
}

/// What happens to a request.
pub enum What {
    /// It never arrives, and the connection is cut.
    CutBefore,
    /// It arrives and is answered; the answer is lost, and the connection is cut.
    CutAfter,
    /// It arrives and is answered; the answer is lost, and the connection stays.
    Swallow,
    /// It never arrives; this is the answer.
    Answer(Vec<u8>),
    /// It arrives; then this is done, and nothing is answered that comes later.
    Then(Box<dyn FnMut() + Send>),
}

struct Fault {
    marker: Vec<u8>,
    what: What,
    times: u32,
}

impl Proxy {
    pub fn before(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let fault = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&fault);
        thread::spawn(move || {
            for desk in listener.incoming().flatten() {
                // A server that is down is a connection that is closed at once.
                if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) {
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || carry(desk, server, &shared));
                }
            }
        });
        Self { port, fault }
    }

    /// The next `times` requests with `marker` in them meet this.
    pub fn fault(&self, marker: &[u8], times: u32, what: What) {
        *self.fault.lock().unwrap() = Some(Fault { marker: marker.into(), what, times });
    }
}

/// Carries one connection until it is cut.
fn carry(mut desk: TcpStream, mut server: TcpStream, fault: &Mutex<Option<Fault>>) {
    desk.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let silence = Arc::new(Mutex::new(None::<Sender<()>>));
    let (mut from, mut to) = (server.try_clone().unwrap(), desk.try_clone().unwrap());
    let silenced = Arc::clone(&silence);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            match &*silenced.lock().unwrap() {
                None => {
                    if to.write_all(&bytes[..count]).is_err() {
                        break;
                    }
                }
                Some(answered) => {
                    let _ = answered.send(());
                }
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = desk.read(&mut bytes) {
        let request = &bytes[..count];
        let mut fault = fault.lock().unwrap();
        let meets = |fault: &Fault| {
            fault.times > 0 && request.windows(fault.marker.len()).any(|bytes| bytes == fault.marker)
        };
        let Some(fault) = fault.as_mut().filter(|fault| meets(fault)) else {
            if server.write_all(request).is_err() {
                break;
            }
            continue;
        };
        fault.times -= 1;
        let (sender, answered) = channel();
        match &mut fault.what {
            What::CutBefore => break,
            What::Answer(answer) => {
                let _ = desk.write_all(answer);
            }
            What::CutAfter => {
                *silence.lock().unwrap() = Some(sender);
                server.write_all(request).unwrap();
                let _ = answered.recv();
                break;
            }
            What::Swallow => {
                *silence.lock().unwrap() = Some(sender);
                server.write_all(request).unwrap();
            }
            What::Then(act) => {
                *silence.lock().unwrap() = Some(sender);
                server.write_all(request).unwrap();
                act();
            }
        }
    }
    let _ = desk.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
