using System.Net;
using Microsoft.AspNetCore.Connections;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>A socket that listens, and whoever gets its connections now: the last of those that it was given to and that did not give it back.</summary>
internal sealed class HandOverSocket
{
    private readonly EndPoint _requested;
    private readonly IConnectionListener _socket;
    private readonly Lock _gate = new();
    private readonly List<HandOverListener> _holders = [];
    private Task _accepting = Task.CompletedTask;

    public HandOverSocket(EndPoint requested, IConnectionListener socket)
    {
        _requested = requested;
        _socket = socket;
    }

    /// <summary>The address as bound.</summary>
    public EndPoint EndPoint => _socket.EndPoint;

    /// <summary>Whether it listens there, for somebody.</summary>
    public bool IsOpenAt(EndPoint endpoint)
    {
        lock (_gate)
        {
            return _holders.Count > 0 && _requested.Equals(endpoint);
        }
    }

    /// <summary>New connections go to <paramref name="listener"/> from now on.</summary>
    public void Give(HandOverListener listener)
    {
        lock (_gate)
        {
            _holders.Add(listener);
            if (_holders.Count == 1)
            {
                _accepting = AcceptAsync();
            }
        }
    }

    /// <summary>A holder wants no more connections: they go to whoever held the socket before it; without anyone it is closed.</summary>
    public async ValueTask ReturnAsync(HandOverListener listener, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_holders.Remove(listener) || _holders.Count > 0)
            {
                return;
            }
        }

        await _socket.UnbindAsync(cancellationToken);
        await _accepting;
        await _socket.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (await _socket.AcceptAsync() is { } connection)
            {
                if (!TryDeliver(connection))
                {
                    connection.Abort();
                    await connection.DisposeAsync();
                }
            }
        }
        catch (Exception exception)
        {
            // As with a socket of its own, the server that accepts gets to know.
            lock (_gate)
            {
                _holders.ForEach(holder => holder.Fail(exception));
            }
        }
    }

    private bool TryDeliver(ConnectionContext connection)
    {
        lock (_gate)
        {
            return _holders.Count > 0 && _holders[^1].TryDeliver(connection);
        }
    }
}

/// <summary>What a server sees of a <see cref="HandOverSocket"/>.</summary>
internal sealed class HandOverListener(HandOverSocket socket) : IConnectionListener
{
    private readonly System.Threading.Channels.Channel<ConnectionContext> _connections =
        System.Threading.Channels.Channel.CreateUnbounded<ConnectionContext>(new() { SingleReader = true, AllowSynchronousContinuations = false });

    public HandOverSocket Socket { get; } = socket;

    public EndPoint EndPoint => Socket.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _connections.Reader.WaitToReadAsync(cancellationToken) && _connections.Reader.TryRead(out var connection) ? connection : null;

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await Socket.ReturnAsync(this, cancellationToken);

        // What was delivered is still accepted; then the server's loop ends.
        _connections.Writer.TryComplete();
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    internal bool TryDeliver(ConnectionContext connection) => _connections.Writer.TryWrite(connection);

    internal void Fail(Exception exception) => _connections.Writer.TryComplete(exception);
}
