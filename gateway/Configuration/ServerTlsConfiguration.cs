using System.Net.Security;
using System.Security.Authentication;
using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Configuration;

/// <summary>TLS of a receiver.</summary>
internal sealed record ServerTlsConfiguration
{
    /// <summary>The certificate and what is between it and the authority.</summary>
    public required PemSource Certificate { get; init; }

    public required PemSource Key { get; init; }

    /// <summary>Authorities of client certificates; null when clients need none.</summary>
    public PemSource? ClientAuthorities { get; init; }

    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Suites of TLS 1.2; empty for the system's. Those of TLS 1.3 are not chosen, as in the Collector.</summary>
    public ValueList<TlsCipherSuite> CipherSuites { get; init; } = ValueList<TlsCipherSuite>.Empty;

    /// <summary>How often the files are looked at for renewed content; zero for never.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>PEM text in a file, or in the configuration itself.</summary>
/// <param name="File">Path; null when <paramref name="Text"/> is given.</param>
/// <param name="Text">The text, which may be a private key.</param>
internal sealed record PemSource(string? File, Secret? Text);
