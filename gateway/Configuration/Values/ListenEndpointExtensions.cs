using System.Net;
using System.Net.Sockets;

namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>From the configuration's words to a socket's.</summary>
internal static class ListenEndpointExtensions
{
    /// <summary>No host is every address, IPv6 included where the machine has it; <c>localhost</c> is 127.0.0.1.</summary>
    public static IPEndPoint ToIPEndPoint(this ListenEndpoint endpoint) => new(
        endpoint.Host switch
        {
            "" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            var host => IPAddress.Parse(host),
        },
        endpoint.Port);
}
