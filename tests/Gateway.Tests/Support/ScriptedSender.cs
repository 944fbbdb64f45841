using System.Collections.Concurrent;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>A destination whose answers the test writes, for tests in which the clock does not run by itself.</summary>
internal sealed class ScriptedSender : IBatchSender
{
    private readonly ConcurrentQueue<(string Project, byte[] Request)> _attempts = new();

    public static SendOutcome Sent { get; } = new(SendOutcomeKind.Sent, 200, "", TimeSpan.Zero);

    /// <summary>The answer by project slug and request.</summary>
    public Func<string, byte[], SendOutcome> Answer { get; set; } = (_, _) => Sent;

    /// <summary>The answer by the batch itself; null to go by <see cref="Answer"/>.</summary>
    public Func<SealedBatch, SendOutcome>? AnswerTo { get; set; }

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<(string Project, byte[] Request)> Attempts => [.. _attempts];

    public IEnumerable<byte[]> AttemptsOf(string project) => _attempts.Where(attempt => attempt.Project == project).Select(attempt => attempt.Request);

    public Task<SendOutcome> SendAsync(RouteTarget target, OtlpSignal signal, SealedBatch batch, CancellationToken cancellationToken)
    {
        var request = batch.Unseal();
        _attempts.Enqueue((target.ProjectSlug, request));
        return Task.FromResult(AnswerTo?.Invoke(batch) ?? Answer(target.ProjectSlug, request));
    }
}
