using SentryOtel.Cluster;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>Secrets that come, change and go. The operator of these tests looks at nothing twice within an hour: what it takes, it was told of.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterRotationTests(OperatorCluster cluster)
{
    private const string Renewed = "sntryi_fedcba9876543210fedcba9876543210";

    // The wait itself is far shorter; the machine may be busy.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_Secret_is_noticed_when_it_comes_and_when_its_key_does_and_when_it_goes()
    {
        await using var world = await ExporterWorld.StartAsync(cluster, ExporterWorld.Told);
        await world.CreateExporterAsync();
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "SecretNotFound");

        await world.SetSecretAsync("sentry", "other-key", ExporterWorld.Token);
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "SecretKeyMissing");
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");
        await world.Client.DeleteAsync<V1Secret>("sentry", world.Namespace, null, ExporterWorld.Cancellation);

        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "SecretNotFound");
        world.AssertNothingWasForbidden();
    }

    [Fact]
    public async Task A_rotated_token_is_used_within_seconds_and_no_Secret_is_listed()
    {
        // Given a valid exporter
        await using var world = await ExporterWorld.StartAsync(cluster, ExporterWorld.Told);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");

        // When the token is revoked and a wrong one put in its place, and then the right one
        world.Sentry.State.Tokens.Revoke(ExporterWorld.Token);
        world.Sentry.State.Tokens.Grant(Renewed, "org:read", "project:write", "team:read");
        await world.SetSecretAsync("sentry", "token", "sntryi_wrong");
        await world.WaitAsync("Ready", ConditionStatus.False, "InvalidToken");
        var since = TimeProvider.System.GetTimestamp();
        await world.SetSecretAsync("sentry", "token", Renewed);
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");

        // Then it took seconds
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, Seconds);

        // And when nobody refers to the Secret any more its watch ends, which was by its name alone
        await world.Client.DeleteAsync<SentryExporter>(ExporterWorld.Exporter, world.Namespace, null, ExporterWorld.Cancellation);
        await world.WaitForAsync(() => Task.FromResult(Watched(world, "secrets")), "the end of the watch");
        var requests = world.Requests(DateTimeOffset.MinValue).Where(static request => request.Resource == "secrets").ToList();
        Assert.Equal(["get", "watch"], requests.Select(static request => request.Verb).Distinct().Order(StringComparer.Ordinal));
        Assert.All(requests, static request => Assert.Equal("sentry", request.Name));
    }

    [Fact]
    public async Task An_idle_exporter_asks_for_nothing_and_a_changed_Secret_costs_one_look_at_it()
    {
        // Given an exporter with which all is well
        await using var world = await ExporterWorld.StartAsync(cluster, ExporterWorld.Told);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.QuietAsync();

        // When nothing happens, then nothing is asked
        var since = DateTimeOffset.UtcNow;
        await Task.Delay(TimeSpan.FromSeconds(5), ExporterWorld.Cancellation);
        Assert.Empty(Asked(world, since).Select(static request => $"{request.Verb} {request.Uri}"));

        // And the first look after the children were made is a whole one: the Secret, autoscalers, and each child that is wanted, and both kinds of workloads
        Assert.InRange((await TouchAsync("first")).Count, 2, 9);

        // And from then on a Secret that changes and holds the same token is looked at once, and nothing else
        var asked = Assert.Single(await TouchAsync("second"));
        Assert.Equal(("get", "secrets", "sentry"), (asked.Verb, asked.Resource, asked.Name));

        async Task<List<AuditEvent>> TouchAsync(string value)
        {
            var before = DateTimeOffset.UtcNow;
            await world.KubectlAsync("annotate", "secret", "sentry", "--overwrite", $"example.com/touched={value}");
            await world.WaitForAsync(() => Task.FromResult(Asked(world, before).Count > 0), "a look at the Secret");
            await world.QuietAsync();
            return Asked(world, before);
        }
    }

    [Fact]
    public async Task An_authority_in_a_ConfigMap_and_two_exporters_that_share_it_are_woken_and_a_third_is_not()
    {
        await using var world = await ExporterWorld.StartAsync(cluster, ExporterWorld.Told);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.KubectlAsync("create", "configmap", "bundle", "--from-literal=ca.crt=no certificate");
        await world.CreateExporterAsync(Shares, name: "one");
        await world.CreateExporterAsync(Shares, name: "two");
        await world.CreateExporterAsync(name: "three");
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "CertificateAuthorityInvalid", name: "one");
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "CertificateAuthorityInvalid", name: "two");
        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted", name: "three");
        await world.QuietAsync();
        var since = DateTimeOffset.UtcNow;

        await world.KubectlAsync("delete", "configmap", "bundle");

        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "CertificateAuthorityMissing", name: "one");
        await world.WaitAsync("CredentialsValid", ConditionStatus.False, "CertificateAuthorityMissing", name: "two");
        await world.QuietAsync();
        Assert.Equal(2, Asked(world, since).Count(static request => request is { Verb: "get", Resource: "secrets" }));

        static void Shares(SentryExporterSpec spec) => spec.Http = new HttpSpec
        {
            Tls = new ClientTlsSpec { CaFrom = new CertificateSource { ConfigMapKeyRef = new ConfigMapKeyReference { Name = "bundle", Key = "ca.crt" } } },
        };
    }

    [Fact]
    public async Task A_Secret_with_a_routes_DSN_is_taken_within_seconds()
    {
        await using var world = await ExporterWorld.StartAsync(cluster, ExporterWorld.Told);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.CreateDsnRouteAsync("orders", "https://0123456789abcdef0123456789abcdef@sentry.example.com/7");
        await ProjectAsync("7");

        await world.SetSecretAsync("orders", "dsn", "https://0123456789abcdef0123456789abcdef@sentry.example.com/8");

        await ProjectAsync("8");

        Task ProjectAsync(string id) => world.WaitForAsync(
            async () => (await world.GetAsync<SentryProjectRoute>("orders"))?.Status?.Project?.Id == id, $"project {id}");
    }

    [Fact]
    public async Task Without_watching_a_renewed_Secret_is_read_at_the_next_look_and_no_watch_is_opened()
    {
        var world = await ExporterWorld.StartAsync(cluster, watchSecrets: false);
        await using (world)
        {
            await world.SetSecretAsync("sentry", "token", "sntryi_wrong");
            await world.CreateExporterAsync();
            await world.WaitAsync("CredentialsValid", ConditionStatus.False, "InvalidToken");

            await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);

            await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");
        }

        // The server notes watches when they end, as all of this operator's have now.
        await world.WaitForAsync(() => Task.FromResult(Watched(world, "deployments")), "the end of the operator's watches");
        Assert.False(Watched(world, "secrets"));
    }

    private static bool Watched(ExporterWorld world, string resource) =>
        world.Requests(DateTimeOffset.MinValue).Any(request => request.Verb == "watch" && request.Resource == resource);

    /// <summary>All requests of the operator but watches, which end and begin by themselves.</summary>
    private static List<AuditEvent> Asked(ExporterWorld world, DateTimeOffset since) => [.. world.Requests(since).Where(static request => request.Verb != "watch")];
}
