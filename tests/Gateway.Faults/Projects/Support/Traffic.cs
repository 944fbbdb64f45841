namespace SentryOtel.Gateway.Faults.Projects.Support;

/// <summary>Counts the requests that the gateway has on the way, so that a test moves the clock only while nothing is.</summary>
internal sealed class Traffic
{
    private int _running;

    public bool IsQuiet => Volatile.Read(ref _running) == 0;

    public HttpMessageHandler Around(HttpMessageHandler inner) => new Counting(this, inner);

    private sealed class Counting(Traffic traffic, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref traffic._running);
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
