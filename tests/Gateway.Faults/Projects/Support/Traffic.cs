using System.Collections.Concurrent;

namespace SentryOtel.Gateway.Faults.Projects.Support;

/// <summary>Counts the requests that the gateway has on the way, so that a test moves the clock only while nothing is; and notes where its token goes.</summary>
internal sealed class Traffic
{
    private int _running;

    public bool IsQuiet => Volatile.Read(ref _running) == 0;

    /// <summary>Hosts and ports that an <c>Authorization</c> header was sent to.</summary>
    public ConcurrentDictionary<string, bool> Authorized { get; } = new(StringComparer.Ordinal);

    /// <summary>Hosts and ports that anything was sent to.</summary>
    public ConcurrentDictionary<string, bool> Called { get; } = new(StringComparer.Ordinal);

    public HttpMessageHandler Around(HttpMessageHandler inner) => new Counting(this, inner);

    private sealed class Counting(Traffic traffic, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref traffic._running);
            traffic.Called[request.RequestUri!.Authority] = true;
            if (request.Headers.Authorization is not null || request.Headers.Contains("Authorization"))
            {
                traffic.Authorized[request.RequestUri.Authority] = true;
            }

            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref traffic._running);
            }
        }
    }
}
