using System.Buffers;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>The way from a body that was read to the answer, the same for both protocols.</summary>
internal sealed class RequestIntake(IIngestPipeline pipeline, Admission admission, ArrayPool<byte> pool)
{
    /// <summary>Room for the body of a request that is about to be read.</summary>
    public PooledBody NewBody() => new(admission, pool);

    /// <summary>Whether a request of this signal is read at all.</summary>
    public bool Reads(OtlpSignal signal) => pipeline.Handles(signal);

    /// <summary>The answer to every request of this signal at present, read or not; null while requests are taken.</summary>
    public RpcStatus? Refusal(OtlpSignal signal) =>
        pipeline.Handles(signal) && pipeline.Refusal(signal) is { } outcome ? Answer.To(outcome).Failure : null;

    /// <summary>Hands a whole body over to the pipeline; <paramref name="body"/> is empty afterwards.</summary>
    public ValueTask<Answer> TakeAsync(OtlpSignal signal, PooledBody body, CancellationToken cancellationToken)
    {
        var outcome = pipeline.IngestAsync(signal, body.Detach(), cancellationToken);
        return outcome.IsCompletedSuccessfully ? new ValueTask<Answer>(Answer.To(outcome.Result)) : AnswerAsync(outcome);

        static async ValueTask<Answer> AnswerAsync(ValueTask<IngestOutcome> outcome) => Answer.To(await outcome.ConfigureAwait(false));
    }
}
