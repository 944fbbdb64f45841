using SentryOtel.Cli.Clusters;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Tracing;

/// <summary>The exporter: where it leads, its credentials, what it routes by.</summary>
internal static class ExporterSteps
{
    public static IEnumerable<TraceStep> Of(TraceInput input)
    {
        var (exporter, spec) = (input.Exporter, input.Exporter.Spec);
        var target = spec.OrgSlug is { } organization ? $"organisation {organization} at {spec.Url}" : "the project of one DSN";
        var ready = Readiness.Of(exporter.Metadata, exporter.Status?.Conditions);
        var text = $"SentryExporter {ObjectKey.Of(exporter)} leads to {target}";
        yield return ready.IsReady
            ? TraceStep.Good(text)
            : TraceStep.Bad($"{text}, and is not Ready: {ready.Reason}: {ready.Message}", Cures.For(ready.Reason));
        if (spec.Suspend)
        {
            yield return TraceStep.Bad("it is suspended: nothing is changed any more, in the cluster and in Sentry", "Set spec.suspend to false.");
        }

        yield return Condition(exporter.Status?.Conditions, "CredentialsValid", "credentials");
        yield return spec.Routing.ProjectFromAttribute == "service.name"
            ? TraceStep.Good($"routed by the resource attribute service.name, compared exactly: \"{input.Service}\"")
            : TraceStep.Info($"routed by the resource attribute {spec.Routing.ProjectFromAttribute}, not service.name: \"{input.Service}\" must stand there, exactly");
    }

    /// <summary>A condition as a step.</summary>
    public static TraceStep Condition(IEnumerable<V1Condition>? conditions, string type, string what) => conditions.FindCondition(type) switch
    {
        null => TraceStep.Unsure($"{what}: the operator has not said anything of {type} yet"),
        { Status: ConditionStatus.True } good => TraceStep.Good($"{what}: {good.Message ?? good.Reason}"),
        { Status: ConditionStatus.Unknown } unknown => TraceStep.Unsure($"{what}: {unknown.Reason}: {unknown.Message}", Cures.For(unknown.Reason)),
        var bad => TraceStep.Bad($"{what}: {bad.Reason}: {bad.Message}", Cures.For(bad.Reason)),
    };
}
