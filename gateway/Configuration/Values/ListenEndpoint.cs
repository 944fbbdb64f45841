using System.Globalization;
using System.Net;

namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>An address to listen on.</summary>
/// <param name="Host">An IP address without brackets, <c>localhost</c>, or empty for every address.</param>
/// <param name="Port">0 lets the system choose.</param>
internal sealed record ListenEndpoint(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>. An IPv6 address may stand without brackets, as <c>${env:POD_IP}:4317</c> makes it.</summary>
    public static bool TryParse(string text, out ListenEndpoint? endpoint)
    {
        endpoint = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        if (host.Length > 0 && host != "localhost" && !IPAddress.TryParse(host, out _))
        {
            return false;
        }

        endpoint = new ListenEndpoint(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
