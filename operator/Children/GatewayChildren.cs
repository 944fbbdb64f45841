using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>What came of bringing the children in line.</summary>
/// <param name="Conflict">An object of somebody else's that has the name of a child; null when there is none, and then all is applied.</param>
/// <param name="NotServed">Kinds that were asked for and that the server does not serve.</param>
internal sealed record ChildrenOutcome(string? Conflict, IReadOnlyList<string> NotServed);

/// <summary>All children of an exporter. Nothing is written while one of them has the name of somebody else's object.</summary>
internal sealed class GatewayChildren(IKubernetesClient client)
{
    private readonly ChildWriter _writer = new(client);

    public async Task<ChildrenOutcome> ApplyAsync(GatewayInputs inputs, CancellationToken cancellationToken)
    {
        var uid = inputs.Exporter.Metadata.Uid!;
        var children = await ReadAsync(inputs, cancellationToken).ConfigureAwait(false);
        if (children.FirstOrDefault(child => child is { Wanted: not null, Live: not null } && !child.IsOwnedBy(uid)) is { } foreign)
        {
            return new ChildrenOutcome($"{foreign.Resource.Kind} {inputs.Exporter.Metadata.Namespace}/{inputs.Name}", []);
        }

        foreach (var child in children)
        {
            var hash = child.Wanted is null ? "" : ManifestHash.Of(child.Wanted);
            await _writer.WriteAsync(WithReplicas(child, inputs), uid, hash, cancellationToken).ConfigureAwait(false);
        }

        return new ChildrenOutcome(null, NotServed(inputs));
    }

    /// <summary>
    /// With an autoscaler the number belongs to it. Until it has taken the number over, leaving it out would reset it to one, so it is sent as it is.
    /// </summary>
    internal static Child WithReplicas(Child child, GatewayInputs inputs)
    {
        if (child.Resource != ChildKind.Deployment || inputs.Gateway.Autoscaling is not { } autoscaling || child.IsSpecFieldOwnedByOther("replicas"))
        {
            return child;
        }

        child.Wanted!["spec"]!["replicas"] = child.Live?["spec"]?["replicas"]?.DeepClone() ?? autoscaling.MinReplicas;
        return child;
    }

    private async Task<List<Child>> ReadAsync(GatewayInputs inputs, CancellationToken cancellationToken)
    {
        var configuration = GatewayConfigMap.Create(inputs);
        var replicas = inputs.Gateway.Autoscaling is null ? inputs.Gateway.Replicas ?? 1 : (int?)null;
        List<(EntityMetadata Resource, JsonObject? Wanted)> plan =
        [
            (ChildKind.ServiceAccount, GatewayServiceAccount.Create(inputs)),
            (ChildKind.Role, GatewayRole.Create(inputs)),
            (ChildKind.RoleBinding, GatewayRole.CreateBinding(inputs)),
            (ChildKind.ConfigMap, configuration),
            (ChildKind.Service, GatewayService.Create(inputs)),
            (ChildKind.Deployment, GatewayDeployment.Create(inputs, configuration, replicas)),
            (ChildKind.Ingress, GatewayIngress.Create(inputs)),
            (ChildKind.NetworkPolicy, GatewayNetworkPolicy.Create(inputs)),
        ];
        if (inputs.Versions.PodDisruptionBudget is { } budgets)
        {
            plan.Add((ChildKind.PodDisruptionBudget(budgets), GatewayPodDisruptionBudget.Create(inputs)));
        }

        if (inputs.Versions.HorizontalPodAutoscaler is { } autoscalers)
        {
            plan.Add((ChildKind.HorizontalPodAutoscaler(autoscalers), GatewayHorizontalPodAutoscaler.Create(inputs)));
        }

        var children = new List<Child>(plan.Count);
        foreach (var (resource, wanted) in plan)
        {
            children.Add(await _writer.ReadAsync(resource, wanted, inputs.Name, inputs.Exporter.Metadata.Namespace!, cancellationToken).ConfigureAwait(false));
        }

        return children;
    }

    private static List<string> NotServed(GatewayInputs inputs)
    {
        var kinds = new List<string>();
        if (inputs.Gateway.PodDisruptionBudget is not null && inputs.Versions.PodDisruptionBudget is null)
        {
            kinds.Add("PodDisruptionBudget");
        }

        if (inputs.Gateway.Autoscaling is not null && inputs.Versions.HorizontalPodAutoscaler is null)
        {
            kinds.Add("HorizontalPodAutoscaler");
        }

        return kinds;
    }
}
