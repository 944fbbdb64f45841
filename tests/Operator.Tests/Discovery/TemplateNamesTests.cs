using System.Text.Json;
using SentryOtel.Operator.Discovery;

namespace SentryOtel.Operator.Tests.Discovery;

/// <summary>What is read of a workload, as the API server sends it, and kept.</summary>
public sealed class TemplateNamesTests
{
    [Theory]
    [InlineData("{}", "{}", null, null)]
    [InlineData("""{"annotations": {"resource.opentelemetry.io/service.name": "w"}}""", "{}", "w", null)]
    [InlineData("""{"annotations": {"resource.opentelemetry.io/service.name": "w"}}""", """{"annotations": {"resource.opentelemetry.io/service.name": "t"}}""", "t", null)]
    [InlineData("""{"annotations": {"resource.opentelemetry.io/service.name": "w"}}""", """{"annotations": {"resource.opentelemetry.io/service.name": " "}}""", "w", null)]
    [InlineData("""{"labels": {"app.kubernetes.io/name": "w"}}""", "{}", null, "w")]
    [InlineData("""{"labels": {"app.kubernetes.io/name": "w"}}""", """{"labels": {"app.kubernetes.io/name": "t"}}""", null, "t")]
    public void The_template_speaks_before_the_workload(string workload, string template, string? annotation, string? app)
    {
        var names = Read($$"""{ "metadata": {{workload}}, "spec": { "template": { "metadata": {{template}} } } }""");

        Assert.Equal((annotation, app), (names.Annotation, names.AppName));
    }

    [Theory]
    [InlineData("""{"name": "OTEL_SERVICE_NAME", "value": "orders"}""", "orders")]
    [InlineData("""{"name": "OTEL_SERVICE_NAME", "value": "early"}, {"name": "OTEL_SERVICE_NAME", "value": "late"}""", "late")]
    [InlineData("""{"name": "OTEL_RESOURCE_ATTRIBUTES", "value": "team=a, service.name=orders%20eu ,x=y"}""", "orders eu")]
    [InlineData("""{"name": "OTEL_RESOURCE_ATTRIBUTES", "value": "service.name=no"}, {"name": "OTEL_SERVICE_NAME", "value": "orders"}""", "orders")]
    [InlineData("""{"name": "OTEL_SERVICE_NAME", "value": ""}, {"name": "OTEL_RESOURCE_ATTRIBUTES", "value": "service.name=orders"}""", "orders")]
    [InlineData("""{"name": "OTEL_RESOURCE_ATTRIBUTES", "value": "service.namespace=shop,pod=$(POD)"}""", null)]
    [InlineData("""{"name": "OTEL_RESOURCE_ATTRIBUTES", "value": "service.name"}""", null)]
    [InlineData("""{"name": "PORT", "value": "80"}""", null)]
    public void The_environment_names_the_service_as_an_SDK_would_read_it(string variables, string? expected)
    {
        var names = Read(Deployment($$"""{"name": "main", "env": [{{variables}}]}"""));

        Assert.Equal((expected, null), (names.Environment, names.Unread));
    }

    [Theory]
    [InlineData("""{"name": "OTEL_SERVICE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}""", "OTEL_SERVICE_NAME")]
    [InlineData("""{"name": "OTEL_SERVICE_NAME", "value": "$(APP)-api"}""", "OTEL_SERVICE_NAME")]
    [InlineData("""{"name": "OTEL_RESOURCE_ATTRIBUTES", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}""", "OTEL_RESOURCE_ATTRIBUTES")]
    [InlineData("""{"name": "OTEL_RESOURCE_ATTRIBUTES", "value": "service.name=$(APP)"}""", "OTEL_RESOURCE_ATTRIBUTES")]
    public void A_name_that_is_made_from_something_else_is_told_and_not_guessed(string variable, string named)
    {
        var names = Read(Deployment($$"""{"name": "main", "env": [{{variable}}]}, {"name": "other", "env": [{"name": "OTEL_SERVICE_NAME", "value": "not-it"}]}"""));

        Assert.Null(names.Environment);
        Assert.StartsWith($"{named} of container \"main\"", names.Unread, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "first")]
    [InlineData("""{"annotations": {"kubectl.kubernetes.io/default-container": "app"}}""", "second")]
    [InlineData("""{"annotations": {"kubectl.kubernetes.io/default-container": "gone"}}""", "first")]
    public void Of_several_containers_the_default_one_and_else_the_first_with_a_name_speaks(string metadata, string expected)
    {
        const string Containers = """
            {"name": "quiet"}, {"name": "proxy", "env": [{"name": "OTEL_SERVICE_NAME", "value": "first"}]}, {"name": "app", "env": [{"name": "OTEL_SERVICE_NAME", "value": "second"}]}
            """;
        var names = Read($$"""
            {"spec": {"template": {"metadata": {{metadata}}, "spec": {
              "initContainers": [{"name": "sidecar", "restartPolicy": "Always", "env": [{"name": "OTEL_SERVICE_NAME", "value": "sidecar"}]}],
              "containers": [{{Containers}}] } } } }
            """);

        Assert.Equal(expected, names.Environment);
    }

    [Fact]
    public void The_template_of_a_cron_job_lies_deeper_and_nothing_of_a_template_is_kept()
    {
        var job = Deserialize<TemplatedCronJob>("""
            {"metadata": {"name": "report"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "main", "env": [{"name": "OTEL_SERVICE_NAME", "value": "report"}]}]}}}}}}
            """);

        job.Reduce();

        Assert.Equal("report", job.Names!.Environment);
        Assert.Null(job.Spec);
    }

    [Fact]
    public void Workloads_that_say_nothing_share_one_answer() => Assert.Same(Read("{}"), Read(Deployment("""{"name": "main"}""")));

    private static string Deployment(string containers) => $$"""{ "spec": { "template": { "spec": { "containers": [{{containers}}] } } } }""";

    private static TemplateNames Read(string json)
    {
        var workload = Deserialize<TemplatedDeployment>(json);
        workload.Reduce();
        Assert.Null(workload.Spec);
        return workload.Names!;
    }

    private static T Deserialize<T>(string json)
        where T : TemplatedWorkload => (T)JsonSerializer.Deserialize(json, WorkloadJsonContext.Default.GetTypeInfo(typeof(T))!)!;
}
