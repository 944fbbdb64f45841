using SentryOtel.Gateway.Configuration.Yaml;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>exporters.sentry.routing</c>.</summary>
internal static class RoutingReader
{
    private const int MaxMappings = 1000;

    public static RoutingConfiguration Read(SectionReader? section)
    {
        if (section is null)
        {
            return new RoutingConfiguration();
        }

        var attribute = section.Text("project_from_attribute");
        if (attribute is not null && string.IsNullOrWhiteSpace(attribute))
        {
            section.Error("project_from_attribute", "must name a resource attribute, as service.name.");
        }

        var configuration = new RoutingConfiguration
        {
            ProjectFromAttribute = string.IsNullOrWhiteSpace(attribute) ? "service.name" : attribute,
            ProjectMapping = Projects(section),
            DsnMapping = Dsns(section),
            FallbackProject = Fallback(section),
            SlugPolicy = section.OneOf("slug_policy", "strict", "strict", "normalize") == "normalize" ? SlugPolicy.Normalize : SlugPolicy.Strict,
            ProjectWeights = Weights(section),
        };
        foreach (var value in configuration.DsnMapping.Keys.Where(configuration.ProjectMapping.ContainsKey))
        {
            section.Section("attribute_to_dsn_mapping")!.Error(value, "is mapped to a project as well; remove one of the two.");
        }

        section.Finish();
        return configuration;
    }

    private static string? Fallback(SectionReader section)
    {
        var policy = section.OneOf("on_missing_attribute", "drop", "drop", "fallback");
        var project = section.Text("fallback_project");
        if (policy == "fallback" && string.IsNullOrEmpty(project))
        {
            section.Error("on_missing_attribute", "fallback needs fallback_project.");
        }

        if (policy == "drop" && project is not null)
        {
            section.Error("fallback_project", "has a meaning with on_missing_attribute: fallback only.");
        }

        return policy == "fallback" && !string.IsNullOrEmpty(project) ? project : null;
    }

    private static Dictionary<string, string> Projects(SectionReader section)
    {
        var mapping = new Dictionary<string, string>(StringComparer.Ordinal);
        if (section.Section("attribute_to_project_mapping") is not { } entries)
        {
            return mapping;
        }

        CheckSize(section, "attribute_to_project_mapping", entries);
        foreach (var value in entries.Keys.ToArray())
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                entries.Error(value, "an attribute's value must not be empty.");
            }

            var slug = entries.Text(value) ?? string.Empty;
            if (ProjectSlug.IsValid(slug, out var why))
            {
                mapping[value] = slug;
            }
            else
            {
                entries.Error(value, $"is not mapped to a project slug: {why}.");
            }
        }

        return mapping;
    }

    private static Dictionary<string, Dsn> Dsns(SectionReader section)
    {
        var mapping = new Dictionary<string, Dsn>(StringComparer.Ordinal);
        if (section.Section("attribute_to_dsn_mapping") is not { } entries)
        {
            return mapping;
        }

        CheckSize(section, "attribute_to_dsn_mapping", entries);
        foreach (var value in entries.Keys.ToArray())
        {
            if (value.Length == 0)
            {
                entries.Error(value, "an attribute's value must not be empty; use dsn for what nothing else routes.");
            }
            else if (Dsn.TryParse(entries.Text(value), out var dsn, out var error))
            {
                mapping[value] = dsn;
            }
            else
            {
                entries.Error(value, $"{error}.");
            }
        }

        return mapping;
    }

    private static Dictionary<string, int> Weights(SectionReader section)
    {
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        if (section.Section("project_weights") is not { } entries)
        {
            return weights;
        }

        CheckSize(section, "project_weights", entries);
        foreach (var project in entries.Keys.ToArray())
        {
            weights[project] = (int)entries.Number(project, RoutingConfiguration.UsualWeight, RoutingConfiguration.UsualWeight, RoutingConfiguration.MaxWeight);
            if (!Dsn.IsProjectId(project) && !ProjectSlug.IsValid(project, out var why))
            {
                entries.Error(project, $"is no project's slug, nor the id of one that is known by its DSN: {why}.");
            }
        }

        return weights;
    }

    private static void CheckSize(SectionReader section, string key, SectionReader entries)
    {
        if (entries.Keys.Count() > MaxMappings)
        {
            section.Error(key, $"must not hold more than {MaxMappings} entries.");
        }
    }
}
