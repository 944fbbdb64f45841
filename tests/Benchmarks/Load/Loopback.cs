using System.Net;
using System.Net.Sockets;

namespace SentryOtel.Benchmarks.Load;

/// <summary>Ports of this machine.</summary>
internal static class Loopback
{
    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until something listens.</summary>
    public static async Task WaitAsync(int port, ChildProcess process)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"A program ended before it listened:\n{process.Output}");
                }

                await Task.Delay(2);
            }
        }
    }
}
