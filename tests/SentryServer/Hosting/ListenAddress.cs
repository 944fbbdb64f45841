using System.Globalization;
using System.Net;

namespace SentryOtel.SentryServer.Hosting;

/// <summary>Where a port listens, read from a URL such as <c>http://127.0.0.1:0</c>.</summary>
internal sealed record ListenAddress(IPAddress Address, int Port, bool Secure)
{
    /// <summary>Reads the URL.</summary>
    /// <exception cref="ArgumentException">It is not http(s)://ADDRESS[:PORT]; the message says so.</exception>
    public static ListenAddress Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.AbsolutePath != "/")
        {
            throw new ArgumentException($"'{url}' is not an address to listen on: write http://ADDRESS:PORT, with port 0 for a free one and the path in --path-prefix.", nameof(url));
        }

        var address = uri.Host switch
        {
            "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) => ip,
            _ => throw new ArgumentException($"'{uri.Host}' is not an IP address or localhost.", nameof(url)),
        };
        return new ListenAddress(address, uri.Port, uri.Scheme == "https");
    }

    /// <summary>The address to call, once the port is known. An address that means "all" is called on loopback.</summary>
    public Uri ToUri(int port, string prefix)
    {
        var host = Address.Equals(IPAddress.Any) ? IPAddress.Loopback : Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : Address;
        var text = host.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{host}]" : host.ToString();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{(Secure ? "https" : "http")}://{text}:{port}{prefix}"));
    }
}
