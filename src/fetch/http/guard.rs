//! Which addresses may be connected to: the public internet and nothing behind our own walls.
//!
//! A name is resolved by us, every address it has is checked, and the connection is made to those
//! very addresses, so that a second, different answer of the name server cannot slip in between.
//! Addresses written as numbers never reach a resolver and are checked before.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// Ports that may be used without saying so.
const PORTS: [u16; 2] = [80, 443];

/// Longest wait for an answer of the name server; less than connecting may take, so that the two can
/// be told apart.
const LOOKUP: Duration = Duration::from_secs(8);

/// A name that has no address, as far as can be told from here.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the name {0} could not be looked up")]
pub(super) struct NoAddress(String);

/// Looks names up instead of the system, for tests.
pub type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// Decides about addresses.
#[derive(Clone, Default)]
pub struct Guard {
    /// Also connect to private and loopback addresses, and to any port.
    pub allow_private: bool,
    /// Names to look up here instead of with the system.
    pub lookup: Option<Lookup>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("allow_private", &self.allow_private).finish_non_exhaustive()
    }
}

impl Guard {
    /// Checks scheme, port and literal address of `url` before anything is connected to.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("only http and https are fetched, not {}", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address holds a user name or password".into());
        }
        let port = url.port_or_known_default().unwrap_or(0);
        if !self.allow_private && !PORTS.contains(&port) {
            return Err(format!("port {port} is not for web sites"));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err("the address has no host".into()),
        };
        self.check_address(address)
    }

    /// Checks one address.
    ///
    /// # Errors
    /// When it is not public and private ones are not allowed.
    pub fn check_address(&self, address: IpAddr) -> Result<(), String> {
        if self.allow_private || is_public(address) {
            return Ok(());
        }
        Err(format!("{address} is not a public address"))
    }

    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        match &self.lookup {
            Some(lookup) => lookup(host),
            None => {
                let found = tokio::time::timeout(LOOKUP, tokio::net::lookup_host((host, 0))).await??;
                Ok(found.map(|address| address.ip()).collect())
            }
        }
    }

    async fn vetted(&self, host: &str) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
        let addresses = self.addresses(host).await.map_err(|_| NoAddress(host.to_owned()))?;
        for address in &addresses {
            self.check_address(*address)
                .map_err(|why| io::Error::new(io::ErrorKind::PermissionDenied, format!("{host}: {why}")))?;
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
    }
}

/// The guard as the resolver of an HTTP client.
#[derive(Debug)]
pub(super) struct GuardedDns(pub(super) Guard);

impl Resolve for GuardedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let addresses = guard.vetted(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Only global unicast (2000::/3), without the ranges that stand for IPv4 addresses or for
/// nobody: Teredo, documentation, 6to4. NAT64, mapped and local addresses lie outside of it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_public_addresses_from_the_rest() {
        for (address, public) in [
            ("93.184.216.34", true),
            ("2606:2800:220:1::1", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("198.18.0.1", false),
            ("::1", false),
            ("::", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:93.184.216.34", false),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::", false),
            ("2001:0:1::", false),
            ("2001:db8::1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn checks_addresses_however_they_are_written() {
        let guard = Guard::default();
        for (url, allowed) in [
            ("https://acme.example/jobs", true),
            ("http://2130706433/", false),
            ("http://0x7f.1/", false),
            ("http://[::1]/", false),
            ("http://[::ffff:10.0.0.1]/", false),
            ("https://acme.example:8443/", false),
            ("https://user:secret@acme.example/", false),
            ("ftp://acme.example/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(guard.check(&Url::parse(url).unwrap()).is_ok(), allowed, "{url}");
        }
    }
}
