using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>exporters.sentry.projects</c>.</summary>
internal static class ProjectsReader
{
    /// <summary>The exporter resource whose table is served; null with another source.</summary>
    public static KubernetesSourceConfiguration? Kubernetes(SectionReader? projects, string source)
    {
        if (projects is null)
        {
            return null;
        }

        var (exporter, ns) = (projects.Text("exporter"), projects.Text("namespace"));
        if (source != "kubernetes")
        {
            if (projects.Has("exporter") || projects.Has("namespace"))
            {
                projects.Error(projects.Has("exporter") ? "exporter" : "namespace", "has a meaning with source: kubernetes only.");
            }

            return null;
        }

        if (string.IsNullOrEmpty(exporter))
        {
            projects.Error("exporter", "must be configured with source: kubernetes: the name of the SentryExporter.");
        }

        return new KubernetesSourceConfiguration(exporter ?? string.Empty, ns);
    }

    /// <summary>How projects are made. Read after <see cref="Kubernetes"/>, since it reports the keys that nobody asked for.</summary>
    public static ProjectsConfiguration Read(SectionReader? projects)
    {
        var otherwise = new ProjectsConfiguration();
        if (projects is null)
        {
            return otherwise;
        }

        var configuration = new ProjectsConfiguration
        {
            Team = projects.Text("team"),
            Platform = projects.Text("platform"),
            MaxAutoCreated = (int)projects.Number("max_auto_created", otherwise.MaxAutoCreated, 0, 100_000),
            MaxCreatedPerMinute = (int)projects.Number("max_created_per_minute", otherwise.MaxCreatedPerMinute, 1, 6_000),
            AllowedServices = Patterns(projects, "allowed_services"),
            DeniedServices = Patterns(projects, "denied_services"),
            RecreateDeleted = projects.Flag("recreate_deleted", otherwise.RecreateDeleted),
            RefreshInterval = projects.Duration("refresh_interval", otherwise.RefreshInterval, TimeSpan.FromSeconds(10)),
        };
        projects.Finish();
        return configuration;
    }

    private static ValueList<string> Patterns(SectionReader projects, string key)
    {
        var patterns = projects.List(key);
        if (projects.IsList(key) && patterns.Count is 0 or > ServicePatterns.MaxPatterns)
        {
            projects.Error(key, $"must hold 1 to {ServicePatterns.MaxPatterns} patterns of service names, as shop-*.");
        }

        foreach (var (pattern, mark) in patterns)
        {
            if (pattern.Length is 0 or > ServicePatterns.MaxPatternLength)
            {
                projects.ErrorAt(mark, key, $"a pattern must have 1 to {ServicePatterns.MaxPatternLength} characters.");
            }
        }

        return new ValueList<string>(patterns.Select(static pattern => pattern.Value));
    }
}
