using SentryOtel.Cluster.Requests;

namespace SentryOtel.Cluster.Tests;

public sealed class RequestRecordTests
{
    [Fact]
    public void A_refusal_counts_unless_the_rights_were_taken_away_before_it()
    {
        AuditEvent[] requests =
        [
            Binding("patch", second: 0), Refused("secrets", second: 1),
            Binding("delete", second: 2), Refused("leases", second: 3), Refused("events", second: 4),
            Binding("patch", second: 5), Refused("pods", second: 6),
        ];

        var kept = RequestRecord.WithoutWithdrawn(requests.Reverse()).Where(static request => request.Code == 403);

        Assert.Equal(["secrets", "pods"], kept.Select(static request => request.Resource));
    }

    [Fact]
    public void A_deleted_exporter_takes_the_rights_of_its_own_gateway_alone()
    {
        AuditEvent[] requests =
        [
            RoleBinding("delete", "one", second: 0), RefusedGateway("one", second: 1), RefusedGateway("two", second: 2),
            RoleBinding("patch", "one", second: 3), RefusedGateway("one", second: 4), Refused("pods", second: 5),
        ];

        var kept = RequestRecord.WithoutWithdrawn(requests).Where(static request => request.Code == 403);

        Assert.Equal([2, 4, 5], kept.Select(static request => request.Time.Second));
    }

    private static AuditEvent Binding(string verb, int second) =>
        new("admin", verb, "rbac.authorization.k8s.io", "clusterrolebindings", "", "sentry-otel-operator", 200, "", At(second), "helm");

    private static AuditEvent RoleBinding(string verb, string exporter, int second) =>
        new("collector", verb, "rbac.authorization.k8s.io", "rolebindings", "shop", $"{exporter}-gateway", 200, "", At(second), "kube-controller-manager");

    private static AuditEvent Refused(string resource, int second) =>
        new("system:serviceaccount:sentry-system:sentry-otel-operator", "get", "", resource, "shop", "", 403, "", At(second), "sentry-otel-operator/0");

    private static AuditEvent RefusedGateway(string exporter, int second) =>
        new($"system:serviceaccount:shop:{exporter}-gateway", "patch", "coordination.k8s.io", "leases", "shop", "", 403, "", At(second), "sentry-otel-gateway/0");

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);
}
