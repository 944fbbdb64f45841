using Microsoft.AspNetCore.Http;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Auth;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>OTLP/gRPC: the Export methods of the three collector services, and gRPC health.</summary>
/// <param name="intake">Takes what was read.</param>
/// <param name="configuration">Limits.</param>
/// <param name="authenticator">Who may send; null for everybody. Health is told to everybody.</param>
/// <param name="options">Clock and delays.</param>
/// <param name="refusals">Counts what was not read.</param>
internal sealed class GrpcExport(
    RequestIntake intake, ProtocolConfiguration configuration, IAuthenticator? authenticator, ReceiverOptions options, Refusals refusals) : IProtocolHandler
{
    private readonly BodyLimits _limits = new((int)Math.Min(configuration.MaxRequestBytes, Array.MaxLength));

    private static readonly RpcStatus Unimplemented = new(
        GrpcStatusCode.Unimplemented, "There is no such method, or no pipeline of this signal is configured behind this receiver.");

    private static readonly RpcStatus? TooSlow = new(GrpcStatusCode.Unavailable, "The message took too long to arrive.");

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => context.Request.Path.Value == GrpcHealth.CheckPath
        ? GrpcHealth.CheckAsync(context, IsServing, options.TimeProvider)
        : ExportAsync(context);

    /// <inheritdoc/>
    public Task FailAsync(HttpContext context, int status, RpcStatus failure) =>
        GrpcUnaryCall.Accept(context) is { } call ? call.FailAsync(failure) : Task.CompletedTask;

    private async Task ExportAsync(HttpContext context)
    {
        if (GrpcUnaryCall.Accept(context) is not { } call)
        {
            refusals.Count(RefusalReason.Unsupported);
            return;
        }

        if (authenticator is not null && !await authenticator.IsAllowedAsync(context.Request.Headers, context.RequestAborted).ConfigureAwait(false))
        {
            refusals.Count(RefusalReason.Unauthenticated);
            context.Response.Headers.WWWAuthenticate = authenticator.Challenge;
            await call.FailAsync(Refusals.Unauthenticated).ConfigureAwait(false);
            return;
        }

        if (SignalOf(context.Request.Path.Value) is not { } signal || !intake.Reads(signal))
        {
            refusals.Count(RefusalReason.Unsupported);
            await call.FailAsync(Unimplemented).ConfigureAwait(false);
            return;
        }

        if (intake.Refusal(signal) is { } refusal)
        {
            refusals.Count(RefusalReason.Unavailable);
            await call.FailAsync(refusal).ConfigureAwait(false);
            return;
        }

        using var body = intake.NewBody();
        var reading = call.ReadMessageAsync(_limits, body, options.RetryAfter, options.TimeProvider);
        var failure = await ReadDeadline.WaitAsync(
            reading, TooSlow, context, configuration.Connections.ReadTimeout, options.TimeProvider).ConfigureAwait(false);
        if (failure is not null)
        {
            refusals.Count(ReasonOf(failure));
            await call.FailAsync(failure).ConfigureAwait(false);
            return;
        }

        var answer = await intake.TakeAsync(signal, body, context.RequestAborted).ConfigureAwait(false);
        await (answer.Failure is null
            ? call.ReplyAsync(answer.Response.ToProtobuf())
            : call.FailAsync(answer.Failure)).ConfigureAwait(false);
    }

    // The server as a whole serves when each of its signals does.
    private bool? IsServing(string service) =>
        service.Length == 0 ? Array.TrueForAll(Enum.GetValues<OtlpSignal>(), signal => intake.Refusal(signal) is null)
        : SignalOfService(service) is { } signal && intake.Reads(signal) ? intake.Refusal(signal) is null
        : null;

    private static OtlpSignal? SignalOf(string? path)
    {
        const string Method = "/Export";
        return path is { Length: > 1 } && path.EndsWith(Method, StringComparison.Ordinal)
            ? SignalOfService(path[1..^Method.Length])
            : null;
    }

    private static OtlpSignal? SignalOfService(string service) => service switch
    {
        "opentelemetry.proto.collector.trace.v1.TraceService" => OtlpSignal.Traces,
        "opentelemetry.proto.collector.logs.v1.LogsService" => OtlpSignal.Logs,
        "opentelemetry.proto.collector.metrics.v1.MetricsService" => OtlpSignal.Metrics,
        _ => null,
    };

    private static RefusalReason ReasonOf(RpcStatus failure) => failure switch
    {
        { Code: GrpcStatusCode.ResourceExhausted, RetryAfter: not null } => RefusalReason.NoMemory,
        { Code: GrpcStatusCode.ResourceExhausted } => RefusalReason.TooLarge,
        { Code: GrpcStatusCode.Unimplemented } => RefusalReason.Unsupported,
        { Code: GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded } => RefusalReason.TooSlow,
        _ => RefusalReason.Malformed,
    };
}
