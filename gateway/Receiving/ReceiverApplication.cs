using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>What the server runs for each request: the protocol's handler, and an end for every way it can fail.</summary>
/// <param name="handler">The protocol's handler.</param>
/// <param name="connections">How old a connection may become.</param>
/// <param name="options">Clock and delays.</param>
/// <param name="isRetired">Whether clients should come back on another connection at once.</param>
/// <param name="refusals">Counts what was not read.</param>
/// <param name="logger">Where faults are reported.</param>
internal sealed class ReceiverApplication(
    IProtocolHandler handler, ConnectionConfiguration connections, ReceiverOptions options, Func<bool> isRetired, Refusals refusals, ILogger logger)
    : IHttpApplication<HttpContext>
{
    /// <summary>Key of the connection's start, a timestamp of the clock, in the connection's items.</summary>
    public static readonly object ConnectionStarted = new();

    private readonly LogThrottle _throttle = new(options.TimeProvider);

    // Kestrel keeps the context for the next request of the same connection or stream.
    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<HttpContext> kept)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        if (kept.HostContext is DefaultHttpContext context)
        {
            context.Initialize(contextFeatures);
            return context;
        }

        return kept.HostContext = new DefaultHttpContext(contextFeatures);
    }

    public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();

    public async Task ProcessRequestAsync(HttpContext context)
    {
        RecycleConnection(context.Features);
        using var activity = GatewayActivities.StartRequest(context.Request);
        try
        {
            await handler.HandleAsync(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            // Kestrel's own checks while a body is read: too slow, broken chunks, an early end. A slow client may try again.
            var isSlow = exception.StatusCode == StatusCodes.Status408RequestTimeout;
            refusals.Count(isSlow ? RefusalReason.TooSlow : RefusalReason.Malformed);
            Log.RequestMalformed(logger, exception.Message);
            await (isSlow
                ? FailAsync(context, StatusCodes.Status503ServiceUnavailable, new RpcStatus(GrpcStatusCode.Unavailable, "The body came too slowly.", options.RetryAfter))
                : FailAsync(context, exception.StatusCode, new RpcStatus(GrpcStatusCode.InvalidArgument, "The request's body is malformed."))).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException || context.RequestAborted.IsCancellationRequested)
        {
            // Should the client still be there, no answer may reach it: an empty one would tell it that its data were taken.
            refusals.Count(RefusalReason.Aborted);
            Log.RequestAborted(logger);
            context.Abort();
        }
        catch (Exception exception)
        {
            refusals.Count(RefusalReason.Internal);
            if (_throttle.TryPass(exception.GetType().Name, out var suppressed))
            {
                Log.RequestFailed(logger, exception, suppressed);
            }

            await FailAsync(
                context, StatusCodes.Status500InternalServerError, new RpcStatus(GrpcStatusCode.Internal, "The gateway failed; its log says how.")).ConfigureAwait(false);
        }
        finally
        {
            activity?.SetTag("http.response.status_code", context.Response.StatusCode);
        }
    }

    private async Task FailAsync(HttpContext context, int status, RpcStatus failure)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        try
        {
            context.Response.Clear();
            await handler.FailAsync(context, status, failure).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            Log.RequestAborted(logger);
        }
    }

    private void RecycleConnection(IFeatureCollection features)
    {
        if (isRetired()
            || !connections.KeepAlives
            || (connections.MaxConnectionAge is { } age
                && features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(ConnectionStarted, out var started) == true
                && options.TimeProvider.GetElapsedTime((long)started!) >= age))
        {
            features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }
}
