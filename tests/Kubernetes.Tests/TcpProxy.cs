using System.Net;
using System.Net.Sockets;

namespace SentryOtel.Kubernetes.Tests;

/// <summary>Stands on the loopback address before a real server and cuts connections when told to.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Connection> _connections = [];
    private readonly Task _accepting;
    private int? _answerLeft;

    public TcpProxy(Uri target)
    {
        _target = new IPEndPoint(IPAddress.Parse(target.Host), target.Port);
        _listener.Start();
        Address = new UriBuilder(target) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>While true, new connections are closed at once and old ones are cut.</summary>
    public bool Down { get; private set; }

    /// <summary>How often an answer was cut in the middle.</summary>
    public int AnswersCut { get; private set; }

    public int Connections
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    public void GoDown()
    {
        Down = true;
        CutAll();
    }

    public void GoUp() => Down = false;

    public void CutAll()
    {
        lock (_gate)
        {
            _connections.ForEach(connection => connection.Cut());
            _connections.Clear();
        }
    }

    /// <summary>From now on lets only so many bytes of answers through, then cuts everything, once.</summary>
    public void CutAnswerAfter(int bytes)
    {
        lock (_gate)
        {
            _answerLeft = bytes;
        }
    }

    /// <summary>A kubeconfig that goes through this proxy.</summary>
    public string Redirect(string kubeconfig, Uri server, TemporaryFolder folder) => folder.Write(
        $"{Guid.NewGuid():N}.kubeconfig",
        File.ReadAllText(kubeconfig).Replace(server.GetLeftPart(UriPartial.Authority), Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        GoDown();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            if (Down)
            {
                client.Close(0);
                continue;
            }

            var connection = new Connection(client, new Socket(SocketType.Stream, ProtocolType.Tcp));
            lock (_gate)
            {
                _connections.Add(connection);
            }

            _ = connection.RunAsync(_target, Allow);
        }
    }

    /// <summary>How many of so many bytes of an answer may pass.</summary>
    private int Allow(int bytes)
    {
        lock (_gate)
        {
            if (_answerLeft is not { } left)
            {
                return bytes;
            }

            if (bytes < left)
            {
                _answerLeft = left - bytes;
                return bytes;
            }

            _answerLeft = null;
            AnswersCut++;
            return left;
        }
    }

    private sealed class Connection(Socket client, Socket server)
    {
        public void Cut()
        {
            client.Close(0);
            server.Close(0);
        }

        public async Task RunAsync(IPEndPoint target, Func<int, int> allow)
        {
            try
            {
                await server.ConnectAsync(target);
                await Task.WhenAny(PumpAsync(client, server, static bytes => bytes), PumpAsync(server, client, allow));
            }
            catch (SocketException)
            {
                // The server is away: so is the connection.
            }
            finally
            {
                Cut();
            }
        }

        private static async Task PumpAsync(Socket from, Socket to, Func<int, int> allow)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                int read;
                while ((read = await from.ReceiveAsync(buffer)) > 0)
                {
                    var allowed = allow(read);
                    await to.SendAsync(buffer.AsMemory(0, allowed));
                    if (allowed < read)
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Cut, by one side or by the test.
            }
        }
    }
}
