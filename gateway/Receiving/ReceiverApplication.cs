using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Receiving;

/// <summary>What the server runs for each request: the protocol's handler, and an end for every way it can fail.</summary>
/// <param name="handle">The protocol's handler.</param>
/// <param name="options">How old a connection may become.</param>
/// <param name="isRetired">Whether clients should come back on another connection at once.</param>
/// <param name="refusals">Counts what was not read.</param>
/// <param name="logger">Where faults are reported.</param>
internal sealed class ReceiverApplication(RequestDelegate handle, ReceiverOptions options, Func<bool> isRetired, Refusals refusals, ILogger logger)
    : IHttpApplication<HttpContext>
{
    /// <summary>Key of the connection's start, a timestamp of the clock, in the connection's items.</summary>
    public static readonly object ConnectionStarted = new();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        RecycleConnection(context.Features);
        try
        {
            await handle(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            // Kestrel's own checks while a body is read: too slow, broken chunks, an early end.
            refusals.Count(RefusalReason.Malformed);
            Log.RequestMalformed(logger, exception.Message);
            Fail(context, exception.StatusCode);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException || context.RequestAborted.IsCancellationRequested)
        {
            refusals.Count(RefusalReason.Aborted);
            Log.RequestAborted(logger);
        }
        catch (Exception exception)
        {
            refusals.Count(RefusalReason.Internal);
            Log.RequestFailed(logger, exception);
            Fail(context, StatusCodes.Status500InternalServerError);
        }
    }

    private static void Fail(HttpContext context, int status)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
        }
        else
        {
            context.Response.Clear();
            context.Response.StatusCode = status;
        }
    }

    private void RecycleConnection(IFeatureCollection features)
    {
        if (isRetired()
            || (features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(ConnectionStarted, out var started) == true
                && options.TimeProvider.GetElapsedTime((long)started!) >= options.MaxConnectionAge))
        {
            features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }
}
