using System.Text;
using SentryOtel.Cluster;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Informers;

/// <summary>A real API server, and an account that may watch one Secret by its name and list none.</summary>
[Trait("Category", "Processes")]
public sealed class ObjectWatchRightsTests(ControlPlaneFixture fixture)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_verb_watch_on_the_name_alone_is_enough_to_follow_a_Secret_from_before_it_exists_to_its_end()
    {
        // Given an account that may do nothing but watch the Secret "token"
        var controlPlane = await fixture.StartAsync(Stop);
        using var admin = await fixture.CreateClientAsync(Stop);
        var space = await ControlPlaneFixture.CreateNamespaceAsync(admin, Stop);
        var user = "watcher-of-" + space;
        await GrantAsync(controlPlane, space, user);
        using var client = ControlPlaneFixture.CreateClient(controlPlane.CreateClientKubeconfig(user));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var services = new InformerServices { Random = new Random(1) };
        var own = new ObjectWatch<V1SecretMetadata>(client, new ObjectKey(space, "token"), static _ => { }, services);
        var other = new ObjectWatch<V1SecretMetadata>(client, new ObjectKey(space, "other"), static _ => { }, services);
        var running = Task.WhenAll(own.RunAsync(end.Token), other.RunAsync(end.Token));

        // When the Secret is made, changed and deleted, then each is told
        await SetAsync(admin, space, "first");
        await HoldsAsync(() => own.State is { IsLive: true, Version.Length: > 0 }, "the Secret is seen");
        var first = own.State.Version;
        await SetAsync(admin, space, "second");
        await HoldsAsync(() => own.State.Version is { Length: > 0 } version && version != first, "the change is seen");
        await admin.DeleteAsync<V1Secret>("token", space, null, Stop);
        await HoldsAsync(() => own.State is { IsLive: true, Version: ObjectWatchState.Absent }, "the end is seen");

        // And another Secret is refused, as is every list
        await HoldsAsync(() => other.State.IsRefused, "the other is refused");
        await Assert.ThrowsAsync<KubernetesException>(() => client.ListAllAsync<V1Secret>(space, null, Stop));
        await end.CancelAsync();
        await running;

        // And the server has judged and noted the watch by its name
        var requests = AuditLog.Read(controlPlane.AuditLogPath).Where(request => request.User == user && request.Verb == "watch" && request.Code == 200);
        Assert.Equal(["token"], requests.Select(static request => request.Name).Distinct());
    }

    [Fact]
    public async Task More_watches_than_one_connection_carries_are_live_beside_each_other()
    {
        // Given more watches than the server allows streams on a connection (250)
        const int Watches = 300;
        using var admin = await fixture.CreateClientAsync(Stop);
        var space = await ControlPlaneFixture.CreateNamespaceAsync(admin, Stop);
        await SetAsync(admin, space, "first");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var services = new InformerServices { Random = new Random(1) };
        var watches = Enumerable.Range(0, Watches)
            .Select(_ => new ObjectWatch<V1SecretMetadata>(admin, new ObjectKey(space, "token"), static _ => { }, services)).ToList();
        var running = Task.WhenAll(watches.Select(watch => watch.RunAsync(end.Token)));
        await HoldsAsync(() => watches.All(static watch => watch.State.IsLive), "all are live");
        var first = Assert.Single(watches.Select(static watch => watch.State.Version).Distinct());

        // When the object changes, then all are told, and other requests find their way
        await SetAsync(admin, space, "second");
        await HoldsAsync(() => watches.All(watch => watch.State is { IsLive: true } state && state.Version != first), "all are told");
        await end.CancelAsync();
        await running;
    }

    private static async Task GrantAsync(ControlPlane controlPlane, string space, string user)
    {
        await controlPlane.RunKubectlAsync(["create", "role", "watcher", "--namespace", space, "--verb=watch", "--resource=secrets", "--resource-name=token"], null, Stop);
        await controlPlane.RunKubectlAsync(["create", "rolebinding", "watcher", "--namespace", space, "--role=watcher", $"--user={user}"], null, Stop);
    }

    private static Task<V1Secret> SetAsync(KubernetesClient admin, string space, string value) => admin.ApplyAsync(
        new V1Secret { Metadata = new V1ObjectMeta { Name = "token", Namespace = space }, Data = new Dictionary<string, byte[]> { ["token"] = Encoding.UTF8.GetBytes(value) } },
        new ApplyOptions { FieldManager = "test", Force = true },
        Stop);

    private static Task HoldsAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, TimeSpan.FromSeconds(60), what, Stop);
}
