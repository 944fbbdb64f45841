using SentryOtel.Cluster;
using SentryOtel.Operator.Faults.Scenarios;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Crashes;

/// <summary>
/// The operator as it ships, killed at every step that has a side effect: before the request reaches anybody, and the next process after the request was carried
/// out and before its answer. The third always finishes with exactly one project, and nothing of somebody else's is touched.
/// </summary>
[Collection(FaultClusterCollection.Name)]
public sealed class CrashTests(FaultCluster cluster)
{
    [Fact]
    public Task From_nothing_to_a_ready_route() => RunAsync(static () => new FirstRoute());

    [Fact]
    public Task Deleting_routes_and_the_projects_they_created() => RunAsync(static () => new RouteRemoval());

    [Fact]
    public Task From_a_labelled_workload_to_its_project() => RunAsync(static () => new DiscoveredRoute());

    [Fact]
    public Task From_a_queue_in_memory_to_one_on_disk() => RunAsync(static () => new StorageChange());

    [Fact]
    public Task Adopting_a_project_and_creating_the_fallback() => RunAsync(static () => new Adoption());

    [Fact]
    public Task From_a_gateway_of_its_own_to_a_shared_one() => RunAsync(static () => new SharedMove());

    private async Task RunAsync(Func<Scenario> scenario)
    {
        await new CrashMatrix(cluster, scenario).RunAsync(TestContext.Current.TestOutputHelper!.WriteLine);

        // And all of it within the Roles of the chart: nothing was refused, and nothing asked of the whole cluster.
        var requests = AuditLog.Read(cluster.ControlPlane.AuditLogPath, FaultCluster.User)
            .Where(static request => request.User == FaultCluster.User && request.Resource.Length > 0)
            .ToList();
        Assert.NotEmpty(requests);
        Assert.DoesNotContain(requests, static request => request.Code == 403 || request.Namespace.Length == 0);
    }
}
