using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Tests.Conditions;

/// <summary>What is sent, and above all what is not; a Deployment's status stands for any.</summary>
public sealed class StatusWriterTests
{
    private readonly AppliedManifests _client = new();
    private readonly StatusWriter _writer;
    private readonly V1Deployment _entity = new() { Metadata = { Name = "web", Namespace = "shop", Uid = "u-1", ResourceVersion = "5" } };

    public StatusWriterTests() => _writer = new StatusWriter(_client, "sentry-otel-operator");

    [Fact]
    public async Task A_changed_status_is_applied_to_the_subresource_and_guarded_by_the_uid()
    {
        var outcome = await WriteAsync(live: Status(1), desired: Status(2));

        Assert.Equal(StatusWrite.Written, outcome);
        var (manifest, options) = Assert.Single(_client.Applied);
        Assert.Equal(
            """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","uid":"u-1","namespace":"shop"},"status":{"readyReplicas":2}}""",
            manifest.ToJsonString());
        Assert.Equal(("sentry-otel-operator", true, "status"), (options.FieldManager, options.Force, options.Subresource));
    }

    [Fact]
    public async Task An_equal_status_is_not_written()
    {
        Assert.Equal(StatusWrite.Unchanged, await WriteAsync(Status(2), Status(2)));
        Assert.Empty(_client.Applied);
    }

    [Fact]
    public async Task A_stale_cache_that_happens_to_show_the_desired_status_does_not_hide_what_was_written_since()
    {
        await WriteAsync(live: Status(1), desired: Status(2));

        var outcome = await WriteAsync(live: Status(1), desired: Status(1));

        Assert.Equal(StatusWrite.Written, outcome);
        Assert.Equal(2, _client.Applied.Count);
        Assert.Equal(StatusWrite.Unchanged, await WriteAsync(Status(1), Status(1)));
    }

    [Fact]
    public async Task An_object_that_went_is_no_error()
    {
        _client.Failure = Answers.NotFound();
        Assert.Equal(StatusWrite.Gone, await WriteAsync(null, Status(1)));

        _client.Failure = Answers.Conflict();
        Assert.Equal(StatusWrite.Gone, await WriteAsync(null, Status(1)));
    }

    [Fact]
    public async Task A_refusal_is_the_callers_to_see()
    {
        _client.Failure = Answers.Status(System.Net.HttpStatusCode.UnprocessableEntity, "Invalid");

        await Assert.ThrowsAsync<KubernetesException>(() => WriteAsync(null, Status(1)));
    }

    private static V1DeploymentStatus Status(int ready) => new() { ReadyReplicas = ready };

    private Task<StatusWrite> WriteAsync(V1DeploymentStatus? live, V1DeploymentStatus desired) =>
        _writer.WriteAsync(_entity, live, desired, KubernetesJsonContext.Default.V1DeploymentStatus, TestContext.Current.CancellationToken);

    private sealed class AppliedManifests : StubKubernetesClient
    {
        public List<(JsonObject Manifest, ApplyOptions Options)> Applied { get; } = [];

        public Exception? Failure { get; set; }

        public override Task<JsonObject> ApplyAsync(JsonObject manifest, ApplyOptions options, CancellationToken cancellationToken)
        {
            if (Failure is not null)
            {
                return Task.FromException<JsonObject>(Failure);
            }

            Applied.Add((manifest, options));
            return Task.FromResult(manifest);
        }
    }
}
