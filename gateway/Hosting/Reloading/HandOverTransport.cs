using System.Net;
using Microsoft.AspNetCore.Connections;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>
/// Opens the sockets of one receiver. An address that a receiver on its way out listens on is taken over from it: the socket stays open, so that no connection is refused
/// in between; only who answers changes.
/// </summary>
/// <param name="sockets">Opens sockets.</param>
/// <param name="outgoing">Of the receivers that this one may take over from.</param>
internal sealed class HandOverTransport(IConnectionListenerFactory sockets, IReadOnlyList<HandOverTransport> outgoing) : IConnectionListenerFactory
{
    private readonly List<HandOverListener> _listeners = [];

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        // With port 0 the system chooses: that is another address each time.
        var open = endpoint is IPEndPoint { Port: 0 } ? null : outgoing.SelectMany(transport => transport._listeners).FirstOrDefault(listener => listener.Socket.IsOpenAt(endpoint));
        var socket = open?.Socket ?? new HandOverSocket(endpoint, await sockets.BindAsync(endpoint, cancellationToken));
        var listener = new HandOverListener(socket);
        _listeners.Add(listener);
        socket.Give(listener);
        return listener;
    }

    /// <summary>Closes the sockets that no other receiver has taken over; connections go on.</summary>
    public async Task UnbindAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in _listeners)
        {
            await listener.UnbindAsync(cancellationToken);
        }
    }
}
