using System.Net;
using System.Net.Sockets;

namespace SentryOtel.Cluster.Processes;

/// <summary>Finds free TCP ports on the loopback address.</summary>
public static class LoopbackPort
{
    // Below the kernel's ephemeral range (net.ipv4.ip_local_port_range starts at 32768): no outgoing connection takes
    // a port between this probe and the program's own bind. Another probe might: whoever starts a server tries again.
    private const int First = 12000;
    private const int End = 32000;

    /// <summary>A port that nothing listens on now.</summary>
    public static int Free(IPAddress? address = null)
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            try
            {
                using var probe = new TcpListener(address ?? IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Taken: another one.
            }
        }
    }
}
