using SentryOtel.Gateway.Sending;

namespace SentryOtel.Gateway.Tests.Fairness;

/// <summary>How Sentry treats a project, and how much the project sends.</summary>
/// <param name="Latency">Until the answer.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Spans">In each request.</param>
/// <param name="Every">Time between requests, on average.</param>
/// <param name="From">The behaviour starts here; a healthy one comes before.</param>
internal sealed record Behaviour(TimeSpan Latency, SendOutcome Answer, int Spans, TimeSpan Every, TimeSpan From = default)
{
    private static readonly SendOutcome Taken = new(SendOutcomeKind.Sent, 200, "", TimeSpan.Zero);

    public static Behaviour Healthy { get; } = new(TimeSpan.FromMilliseconds(40), Taken, 5, TimeSpan.FromMilliseconds(700));

    /// <summary>No answer until the exporter's timeout.</summary>
    public static Behaviour Hanging { get; } = Healthy with { Latency = TimeSpan.FromSeconds(30), Answer = SendOutcome.NoAnswer("no answer in time") };

    /// <summary>Answers, but late.</summary>
    public static Behaviour Slow { get; } = Healthy with { Latency = TimeSpan.FromSeconds(8) };

    public static Behaviour Down { get; } = Healthy with { Answer = new(SendOutcomeKind.Transient, 503, "", TimeSpan.Zero) };

    public static Behaviour Refused { get; } = Healthy with { Answer = new(SendOutcomeKind.ProjectRejected, 403, "ProjectId", TimeSpan.Zero) };

    /// <summary>Told to wait, again and again.</summary>
    public static Behaviour Limited { get; } = Healthy with { Answer = new(SendOutcomeKind.Transient, 429, "", TimeSpan.FromSeconds(20)) };

    /// <summary>More spans than all the others together, with answers that take their time.</summary>
    public static Behaviour Flooding { get; } = new(TimeSpan.FromMilliseconds(900), Taken, 500, TimeSpan.FromMilliseconds(25));
}
