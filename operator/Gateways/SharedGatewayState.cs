using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

/// <summary>What a shared gateway means for one of the exporters that share it: pods that are ready help it only when they serve it.</summary>
internal static class SharedGatewayState
{
    /// <summary>Whether all pods serve an exporter that the workload was made for: they are of its newest template, or say so themselves.</summary>
    public static bool IsServed(GatewayWorkload workload, (int Serving, int Silent) pods) => workload.IsComplete || pods is { Serving: > 0, Silent: 0 };

    /// <param name="state">What workload and pods say.</param>
    /// <param name="workload">The workload; null when there is none that serves the exporter.</param>
    /// <param name="exporter">The exporter.</param>
    /// <param name="host">The host.</param>
    /// <param name="pods">Pods that say they serve the exporter, and pods that do not.</param>
    /// <param name="heldBackBy">The guest that holds changes up; null when none does.</param>
    public static GatewayState Of(
        GatewayState state, GatewayWorkload? workload, SentryExporter exporter, SentryExporter host, (int Serving, int Silent) pods, string? heldBackBy)
    {
        var isHost = host.Metadata.Uid == exporter.Metadata.Uid;
        var (available, progressing) = (state.Available, state.Progressing);
        if (available.Reason == GatewayReasons.GatewayNotFound && !isHost)
        {
            available = new ConditionState(
                ConditionStatus.False,
                GatewayReasons.NotServedYet,
                $"the shared gateway does not serve this exporter: {GatewayGuests.DifferenceOf(exporter, host) ?? $"see the conditions of its host, SentryExporter {ObjectKey.Of(host)}; it serves at most {GatewayGuests.Capacity(host)} exporters"}");
        }
        else if (available.Status == ConditionStatus.True)
        {
            available = workload is not null && IsServed(workload, pods)
                ? available with { Message = isHost ? available.Message : $"{available.Message} of the shared gateway, by the settings of its host, SentryExporter {ObjectKey.Of(host)}" }
                : new ConditionState(
                    ConditionStatus.False,
                    GatewayReasons.NotServedYet,
                    string.Create(CultureInfo.InvariantCulture, $"{pods.Serving} of {pods.Serving + pods.Silent} gateway pods serve this exporter"));
        }

        if (heldBackBy is not null)
        {
            progressing = new ConditionState(
                ConditionStatus.False, GatewayReasons.HeldBack, $"the shared gateway stays as it is until this is cured, deleted or does not share any more: {heldBackBy}");
        }

        return state with { Available = available, Progressing = progressing };
    }
}
