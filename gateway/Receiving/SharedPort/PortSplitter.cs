using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace SentryOtel.Gateway.Receiving.SharedPort;

/// <summary>
/// One port for HTTP/1.1 and for HTTP/2 in clear text. Kestrel has either on a port, for want of ALPN; so two servers listen on one socket, and each
/// connection goes, unread, to the one that its first bytes ask for.
/// </summary>
/// <param name="sockets">Makes the one real listener.</param>
/// <param name="patience">How long a connection may take to say what it is; null for no bound.</param>
/// <param name="maxUndecided">Most connections that have not said it yet; more are closed at once.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class PortSplitter(IConnectionListenerFactory sockets, TimeSpan? patience, int maxUndecided, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();

    // HTTP/1.1, HTTP/2. The servers dispose of them.
    private readonly Lane[] _lanes = [new(), new()];
    private Task<IConnectionListener>? _listening;
    private int _undecided;

    /// <summary>Where the server for HTTP/1.1 listens.</summary>
    public IConnectionListenerFactory Http1 => new LaneFactory(this, _lanes[0]);

    /// <summary>Where the server for HTTP/2 listens.</summary>
    public IConnectionListenerFactory Http2 => new LaneFactory(this, _lanes[1]);

    private async ValueTask<IConnectionListener> BindAsync(Lane lane, EndPoint endpoint, CancellationToken cancellationToken)
    {
        Task<IConnectionListener> listening;
        lock (_gate)
        {
            listening = _listening ??= ListenAsync(endpoint, cancellationToken);
        }

        lane.Listener = await listening.ConfigureAwait(false);
        return lane;
    }

    private async Task<IConnectionListener> ListenAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var listener = await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
        _ = AcceptAsync(listener);
        return listener;
    }

    // Ends when the listener is unbound, which the first server that stops does.
    private async Task AcceptAsync(IConnectionListener listener)
    {
        Exception? fault = null;
        try
        {
            while (await listener.AcceptAsync().ConfigureAwait(false) is { } connection)
            {
                _ = DecideAsync(connection);
            }
        }
        catch (Exception exception)
        {
            // Kestrel's accept loops hear of it and say so.
            fault = exception;
        }

        Array.ForEach(_lanes, lane => lane.Close(fault));
    }

    private async Task DecideAsync(ConnectionContext connection)
    {
        bool? isHttp2 = null;
        if (Interlocked.Increment(ref _undecided) <= maxUndecided)
        {
            isHttp2 = await LookAsync(connection).ConfigureAwait(false);
        }

        Interlocked.Decrement(ref _undecided);
        if (isHttp2 is not { } decided || !_lanes[decided ? 1 : 0].TryHand(connection))
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Null when the peer went away or took too long.
    private async Task<bool?> LookAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var timeout = new CancellationTokenSource(patience ?? Timeout.InfiniteTimeSpan, timeProvider);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(timeout.Token).ConfigureAwait(false);
                var isHttp2 = Http2Preface.IsHttp2(read.Buffer);
                if (isHttp2 is null && !read.IsCompleted)
                {
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    continue;
                }

                // Nothing counts as seen: the server's first read has it all again.
                input.AdvanceTo(read.Buffer.Start);
                return isHttp2;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return null;
        }
    }

    private sealed class LaneFactory(PortSplitter splitter, Lane lane) : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            splitter.BindAsync(lane, endpoint, cancellationToken);
    }

    private sealed class Lane : IConnectionListener
    {
        private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

        public IConnectionListener? Listener { get; set; }

        public EndPoint EndPoint => Listener!.EndPoint;

        public bool TryHand(ConnectionContext connection) => _connections.Writer.TryWrite(connection);

        public void Close(Exception? fault) => _connections.Writer.TryComplete(fault);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await _connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (_connections.Reader.TryRead(out var connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => Listener!.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => Listener!.DisposeAsync();
    }
}
