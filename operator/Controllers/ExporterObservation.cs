using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Planning;

namespace SentryOtel.Operator.Controllers;

/// <summary>What a reconcile of an exporter found, kept for the status passes that follow.</summary>
/// <param name="Uid">Of which exporter: another of the same name is another exporter.</param>
/// <param name="Generation">Generation of the spec that was looked at.</param>
/// <param name="Credentials">What is known of the credentials.</param>
internal sealed record ExporterObservation(string Uid, long? Generation, CredentialState Credentials)
{
    /// <summary>What came of the children; null when they were left alone.</summary>
    public ChildrenOutcome? Children { get; init; }

    /// <summary>Nothing is rolled out and nothing is changed in Sentry: somebody wants to be told first.</summary>
    public bool IsPlanned { get; init; }

    /// <summary>What would become of the fallback project, of an exporter that is only planned.</summary>
    public RoutePlan? Fallback { get; init; }

    /// <summary>Services that would get a route, of an exporter that is only planned.</summary>
    public IReadOnlyList<PlannedService> Announced { get; init; } = [];

    /// <summary>What stands in the way of the routing table; null while it was not looked at since the start.</summary>
    public IReadOnlyList<Problem>? TableProblems { get; init; }

    /// <summary>The guest, and its trouble, for which a shared gateway is left as it is.</summary>
    public string? HeldBackBy { get; init; }

    /// <summary>Whether the exporter changes from one gateway to another, which goes on until then.</summary>
    public bool IsMoving { get; init; }

    /// <summary>Why nothing is done at all, with its reason: an invalid spec, or a suspended exporter.</summary>
    public (string Reason, string Message)? Halted { get; init; }

    /// <summary>How long until gateway pods are told of renewed Secrets; null when there is nothing to tell.</summary>
    public TimeSpan? PodsToldAfter { get; init; }

    /// <summary>Whether all is well, and nothing is waited for of which nobody tells.</summary>
    public bool IsSettled => Credentials.Status == ConditionStatus.True && Children is { IsSettled: true };

    public static ExporterObservation Halt(string uid, long? generation, string reason, string message) =>
        new(uid, generation, new CredentialState(ConditionStatus.Unknown, reason, message)) { Halted = (reason, message) };
}
