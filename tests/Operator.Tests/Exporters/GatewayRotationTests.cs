using System.Net;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>
/// Renewed Secrets under load: the real gateway in a pod whose kubelet would refresh its volumes once an hour, and an operator that looks at nothing twice within an
/// hour. No pod is restarted, no request refused, no span lost.
/// </summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class GatewayRotationTests(OperatorCluster cluster)
{
    private const string Image = "rotated-gateway";
    private const string Renewed = "sntryi_fedcba9876543210fedcba9876543210";

    // The gateway looks at its files every five seconds, and the machine may be busy.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task A_rotated_token_changes_nothing_for_the_data()
    {
        await using var rotation = await StartAsync();
        var (world, load) = (rotation.World, rotation.Load);

        world.Sentry.State.Tokens.Grant(Renewed, "org:read", "project:write", "team:read");
        world.Sentry.State.Tokens.Revoke(ExporterWorld.Token);
        var since = DateTimeOffset.UtcNow;
        await world.SetSecretAsync("sentry", "token", Renewed);

        await Eventually.HoldsAsync(() => rotation.ApiAnswers(since).Contains(200), Seconds, "a call with the new token", ExporterWorld.Cancellation);
        await rotation.SpansFlowAsync();
        Assert.DoesNotContain(401, rotation.ApiAnswers(since));
        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");
        await rotation.NothingIsLostAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_the_next_connection_within_seconds()
    {
        await using var rotation = await StartAsync();
        var before = rotation.Load.Certificate;
        var renewed = rotation.Receivers.IssueServer("gateway", ["gateway"], [IPAddress.Loopback]);
        var thumbprint = Thumbprint(renewed);
        Assert.NotEqual(before, thumbprint);

        await rotation.SetReceiverAsync(renewed);

        await Eventually.HoldsAsync(() => rotation.Load.Certificate == thumbprint, Seconds, "the renewed certificate", ExporterWorld.Cancellation);
        await rotation.SpansFlowAsync();
        await rotation.NothingIsLostAsync();
        Assert.Empty(rotation.Load.Failures);
        Assert.NotEmpty((await rotation.PodAsync()).Metadata.Annotations![MountedSecrets.Annotation]);
        rotation.World.AssertNothingWasForbidden();
    }

    [Fact]
    public async Task An_authority_that_follows_Sentrys_new_certificate_is_taken_by_operator_and_gateway_within_seconds()
    {
        await using var rotation = await StartAsync();
        var world = rotation.World;

        // Given a Sentry whose certificate nobody here trusts any more
        using var next = new CertificateAuthority("sentry 2");
        rotation.Certificate = Served(next);
        await world.Sentry.RestartAsync(ExporterWorld.Cancellation);
        var sent = rotation.Load.Sent;
        await Eventually.HoldsAsync(() => rotation.Load.Sent > sent + 20, Seconds, "spans that wait", ExporterWorld.Cancellation);

        // When the bundle follows
        var since = DateTimeOffset.UtcNow;
        await rotation.SetBundleAsync(next.CertificatePem);

        // Then the operator asks Sentry with it, and what has waited arrives
        await Eventually.HoldsAsync(() => rotation.ApiAnswers(since).Contains(200), Seconds, "a call of the operator", ExporterWorld.Cancellation);
        await rotation.SpansFlowAsync();
        await rotation.NothingIsLostAsync();
        Assert.Empty(rotation.Load.Failures);
    }

    private static X509Certificate2 Served(CertificateAuthority authority)
    {
        var issued = authority.IssueServer("sentry", ["localhost"], [IPAddress.Loopback]);
        return X509Certificate2.CreateFromPem(issued.Certificate, issued.PrivateKey);
    }

    private static string Thumbprint(PemCertificate certificate)
    {
        using var parsed = X509Certificate2.CreateFromPem(certificate.Certificate);
        return parsed.Thumbprint;
    }

    private async Task<Rotation> StartAsync()
    {
        var node = await LocalKubelet.StartAsync(
            cluster.ControlPlane,
            new LocalKubeletOptions
            {
                Images = new Dictionary<string, string> { [Image] = Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway") },
                // Pods of an earlier test stay bound to its node.
                NodeName = $"rotations-{Guid.NewGuid():N}",
                SyncFrequency = TimeSpan.FromHours(1),
            },
            ExporterWorld.Cancellation);
        var sentryAuthority = new CertificateAuthority("sentry 1");
        var rotation = new Rotation(node, Served(sentryAuthority), sentryAuthority);
        try
        {
            await rotation.StartAsync(cluster, Image + ":1");
            return rotation;
        }
        catch
        {
            await rotation.DisposeAsync();
            throw;
        }
    }

    /// <summary>A ready exporter and route, a gateway, and its load.</summary>
    private sealed class Rotation(LocalKubelet node, X509Certificate2 certificate, CertificateAuthority sentryAuthority) : IAsyncDisposable
    {
        private V1Pod _pod = null!;

        private ExporterWorld? _world;
        private GatewayLoad? _load;

        public ExporterWorld World => _world ?? throw new InvalidOperationException("Not started.");

        public GatewayLoad Load => _load ?? throw new InvalidOperationException("Not started.");

        public CertificateAuthority Receivers { get; } = new("receivers");

        /// <summary>What Sentry shows to each new connection.</summary>
        public X509Certificate2 Certificate { get; set; } = certificate;

        public async Task StartAsync(OperatorCluster cluster, string image)
        {
            _world = await ExporterWorld.StartAsync(
                cluster,
                ExporterWorld.Told with { MountLag = TimeSpan.FromSeconds(1) },
                new SentryServerOptions { ManagementListenUrl = "https://127.0.0.1:0", IngestListenUrl = "https://127.0.0.1:0", CertificateSource = () => Certificate });
            await World.SetSecretAsync("sentry", "token", ExporterWorld.Token);
            await SetReceiverAsync(Receivers.IssueServer("gateway", ["gateway"], [IPAddress.Loopback]));
            await SetBundleAsync(sentryAuthority.CertificatePem);
            await World.CreateExporterAsync(spec =>
            {
                spec.AutoCreateProjects = true;
                spec.Http = new HttpSpec
                {
                    Tls = new ClientTlsSpec { CaFrom = new CertificateSource { ConfigMapKeyRef = new ConfigMapKeyReference { Name = "sentry-ca", Key = "ca.crt" } } },
                };
                spec.Gateway.Image = image;
                spec.Gateway.TerminationGracePeriodSeconds = 10;
                spec.Gateway.Tls = new GatewayTlsSpec { SecretName = "otlp-server" };
            });
            await World.Client.CreateAsync(
                new SentryProjectRoute
                {
                    Metadata = new V1ObjectMeta { Name = GatewayLoad.Service, Namespace = World.Namespace },
                    Spec = new SentryProjectRouteSpec
                    {
                        ExporterRef = new ExporterReference { Name = ExporterWorld.Exporter },
                        AttributeValue = GatewayLoad.Service,
                        Project = new RouteProjectSpec { Slug = GatewayLoad.Service },
                    },
                },
                null,
                ExporterWorld.Cancellation);
            await World.WaitAsync("Ready", ConditionStatus.True, "Ready");
            await World.WaitForAsync(
                async () => (await World.GetAsync<SentryProjectRoute>(GatewayLoad.Service))?.Status?.Conditions.IsConditionTrue("Ready") == true, "a ready route");
            _pod = await PodAsync();
            _load = new GatewayLoad(new Uri($"https://{_pod.Status!.PodIP}:4318/v1/traces"));
            await SpansFlowAsync();
        }

        public Task SetReceiverAsync(PemCertificate certificate) => World.SetSecretAsync(
            "otlp-server", new Dictionary<string, string> { ["tls.crt"] = certificate.Certificate, ["tls.key"] = certificate.PrivateKey });

        public Task<V1ConfigMap> SetBundleAsync(string pem) => World.Client.ApplyAsync(
            new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "sentry-ca", Namespace = World.Namespace }, Data = new Dictionary<string, string> { ["ca.crt"] = pem } },
            new Kubernetes.Client.ApplyOptions { FieldManager = "test", Force = true },
            ExporterWorld.Cancellation);

        public async Task<V1Pod> PodAsync() =>
            Assert.Single((await World.Client.ListAllAsync<V1Pod>(World.Namespace, null, ExporterWorld.Cancellation)).Items);

        /// <summary>What the management API has answered since a time.</summary>
        public IReadOnlyList<int> ApiAnswers(DateTimeOffset since) =>
            [.. World.Sentry.State.Requests.All(ServerSide.Management, "/api/0/").Where(request => request.At >= since).Select(static request => request.Status)];

        /// <summary>Spans that are sent from now on arrive.</summary>
        public Task SpansFlowAsync()
        {
            var sent = Load.Sent;
            return Eventually.HoldsAsync(() => Arrived() > sent + 10, Seconds, "spans that arrive", ExporterWorld.Cancellation);
        }

        /// <summary>All that was taken is in Sentry, and the pod is the one that it was.</summary>
        public async Task NothingIsLostAsync()
        {
            await Load.StopAsync();
            await Eventually.HoldsAsync(() => Arrived() == Load.Sent, Seconds, "every span", ExporterWorld.Cancellation);
            var pod = await PodAsync();
            Assert.Equal(_pod.Metadata.Uid, pod.Metadata.Uid);
            Assert.Equal(0, Assert.Single(pod.Status!.ContainerStatuses!).RestartCount);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var part in new IAsyncDisposable?[] { _load, _world })
            {
                if (part is not null)
                {
                    await part.DisposeAsync();
                }
            }

            await node.DisposeAsync();
            Receivers.Dispose();
            sentryAuthority.Dispose();
        }

        private int Arrived() => World.Sentry.State.Received.Spans(GatewayLoad.Service).Select(static span => span.SpanId).Distinct().Count();
    }
}
