using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Json;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>What a client hears, in the terms that OTLP/gRPC and OTLP/HTTP share (OTLP specification 1.11).</summary>
/// <param name="Failure">The error; null when the request was taken, wholly or in part.</param>
/// <param name="Response">The response when there is no failure.</param>
internal readonly record struct Answer(RpcStatus? Failure, ExportResponse Response)
{
    /// <summary>An error.</summary>
    public static Answer Fail(GrpcStatusCode code, string message, TimeSpan? retryAfter = null) =>
        new(new RpcStatus(code, message, retryAfter), ExportResponse.Success);

    /// <summary>JSON that is no request.</summary>
    public static Answer Fail(JsonError error) =>
        new(new RpcStatus(GrpcStatusCode.InvalidArgument, error.ToString()) { Field = error.Path }, ExportResponse.Success);

    /// <summary>The answer to what became of a request.</summary>
    public static Answer To(IngestOutcome outcome) => outcome.Kind switch
    {
        IngestOutcomeKind.Accepted => new Answer(null, ExportResponse.Success),
        IngestOutcomeKind.Partial => new Answer(null, new ExportResponse(outcome.Rejected, outcome.Message)),
        IngestOutcomeKind.Full => Fail(GrpcStatusCode.ResourceExhausted, outcome.Message, outcome.RetryAfter),
        IngestOutcomeKind.Unavailable => Fail(GrpcStatusCode.Unavailable, outcome.Message, outcome.RetryAfter),
        IngestOutcomeKind.Invalid => Fail(GrpcStatusCode.InvalidArgument, outcome.Message),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.Kind, "No such outcome."),
    };
}
