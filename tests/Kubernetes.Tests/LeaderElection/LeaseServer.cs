using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Tests.LeaderElection;

/// <summary>One Lease with the server's rules for writes; each elector gets a connection that can be cut.</summary>
internal sealed class LeaseServer
{
    private static readonly JsonSerializerOptions Json = KubernetesJson.CreateOptions();
    private readonly Lock _gate = new();
    private JsonObject? _lease;
    private int _version;

    public V1Lease? Lease
    {
        get
        {
            lock (_gate)
            {
                return _lease?.Deserialize<V1Lease>(Json);
            }
        }
    }

    public Connection Connect() => new(this);

    public void Store(V1LeaseSpec? spec)
    {
        lock (_gate)
        {
            var lease = new V1Lease { Metadata = { Name = "operator", Namespace = "sentry", Uid = "1" }, Spec = spec };
            Save(JsonSerializer.SerializeToNode(lease, Json)!.AsObject());
        }
    }

    private void Save(JsonObject lease)
    {
        lease["metadata"]!["resourceVersion"] = $"{++_version}";
        _lease = lease;
    }

    public sealed class Connection(LeaseServer server) : StubKubernetesClient
    {
        public bool Cut { get; set; }

        /// <summary>Requests are taken and never answered.</summary>
        public bool Hang { get; set; }

        /// <summary>Runs before the next write, between its reading and its writing.</summary>
        public Action? BeforeWrite { get; set; }

        public List<string> Requests { get; } = [];

        public override async Task<T?> GetAsync<T>(string name, string? @namespace, CancellationToken cancellationToken)
            where T : class
        {
            await BeginAsync("GET", cancellationToken);
            return (T?)(object?)server.Lease;
        }

        public override async Task<T> CreateAsync<T>(T entity, CreateOptions? options, CancellationToken cancellationToken)
        {
            await BeginAsync("CREATE", cancellationToken);
            lock (server._gate)
            {
                if (server._lease is not null)
                {
                    throw Answers.AlreadyExists();
                }

                server.Save(JsonSerializer.SerializeToNode((V1Lease)(object)entity, Json)!.AsObject());
                return (T)(object)server.Lease!;
            }
        }

        public override async Task<T> PatchAsync<T>(
            string name, string? @namespace, JsonObject mergePatch, PatchOptions? options, CancellationToken cancellationToken)
        {
            await BeginAsync("PATCH", cancellationToken);
            var hook = BeforeWrite;
            BeforeWrite = null;
            hook?.Invoke();
            lock (server._gate)
            {
                var wanted = (string?)mergePatch["metadata"]?["resourceVersion"]
                    ?? throw new InvalidOperationException("A write of a Lease must be guarded by its resourceVersion.");
                if (server._lease is null)
                {
                    throw Answers.NotFound();
                }

                if (wanted != (string?)server._lease["metadata"]!["resourceVersion"])
                {
                    throw Answers.Conflict();
                }

                var merged = server._lease.DeepClone().AsObject();
                merged["spec"] ??= new JsonObject();
                foreach (var (field, value) in mergePatch["spec"]!.AsObject())
                {
                    if (value is null)
                    {
                        merged["spec"]!.AsObject().Remove(field);
                    }
                    else
                    {
                        merged["spec"]![field] = value.DeepClone();
                    }
                }

                server.Save(merged);
                return (T)(object)server.Lease!;
            }
        }

        private async Task BeginAsync(string request, CancellationToken cancellationToken)
        {
            lock (Requests)
            {
                Requests.Add(request);
            }

            if (Hang)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            if (Cut)
            {
                throw new HttpRequestException("cut");
            }
        }
    }
}
