using System.Buffers;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Gateway.Receiving;

/// <summary>The way from a body that was read to the answer, the same for both protocols.</summary>
internal sealed class RequestIntake(IIngestPipeline pipeline, Admission admission, ArrayPool<byte> pool)
{
    private const string NoMetrics =
        "Sentry takes no OTLP metrics: these data points were dropped. Send metrics elsewhere, or turn their exporter off.";

    // Counts data points; metrics are not routed.
    private static readonly RequestSlicer Counter = new(string.Empty);

    /// <summary>Room for the body of a request that is about to be read.</summary>
    public PooledBody NewBody() => new(admission, pool);

    /// <summary>Whether a request of this signal is read at all.</summary>
    public bool Reads(OtlpSignal signal) => pipeline.Handles(signal) || signal == OtlpSignal.Metrics;

    /// <summary>The answer to every request of this signal at present, read or not; null while requests are taken.</summary>
    public RpcStatus? Refusal(OtlpSignal signal) =>
        pipeline.Handles(signal) && pipeline.Refusal(signal) is { } outcome ? Answer.To(outcome).Failure : null;

    /// <summary>Hands a whole body over to the pipeline; <paramref name="body"/> is empty afterwards.</summary>
    public ValueTask<Answer> TakeAsync(OtlpSignal signal, PooledBody body, CancellationToken cancellationToken)
    {
        var request = body.Detach();
        if (!pipeline.Handles(signal))
        {
            return new ValueTask<Answer>(RefuseMetrics(request));
        }

        var outcome = pipeline.IngestAsync(signal, request, cancellationToken);
        return outcome.IsCompletedSuccessfully ? new ValueTask<Answer>(Answer.To(outcome.Result)) : AnswerAsync(outcome);

        static async ValueTask<Answer> AnswerAsync(ValueTask<IngestOutcome> outcome) => Answer.To(await outcome.ConfigureAwait(false));
    }

    private static Answer RefuseMetrics(BufferLease request)
    {
        using (request)
        {
            var scan = Counter.Slice(OtlpSignal.Metrics, request.Memory.Span, []);
            return scan.Error.IsError
                ? Answer.Fail(GrpcStatusCode.InvalidArgument, scan.Error.ToString())
                : new Answer(null, scan.Items == 0 ? ExportResponse.Success : new ExportResponse(scan.Items, NoMetrics));
        }
    }
}
