using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Cli.Conversion;

/// <summary>One <c>sentry</c> exporter of a configuration as a SentryExporter, its Secrets and its routes.</summary>
/// <param name="id">Component id.</param>
/// <param name="result">Where the manifests go.</param>
/// <param name="tree">The configuration.</param>
/// <param name="context">What the gateway's readers found wrong.</param>
/// <param name="read">The exporter as the gateway's readers read it.</param>
/// <param name="notes">What there is to say.</param>
internal sealed class ExporterConversion(
    string id, ConvertedExporter result, ConfigurationTree tree, ReadContext context, ExporterConfiguration read, List<ConversionNote> notes)
{
    private readonly string _path = $"exporters.{id}";

    /// <summary>Carries over what the exporter says.</summary>
    public void Run()
    {
        Carry("url", "url", Address("url"));
        Credentials();
        Carry("auto_create_projects", "autoCreateProjects", read.AutoCreateProjects);
        Routing();
        Carry("projects.team", "projects.team", read.Projects.Team);
        Carry("projects.platform", "projects.platform", read.Projects.Platform);
        if (!Carry("projects.max_auto_created", "projects.maxAutoCreated", Math.Min(read.Projects.MaxAutoCreated, 10_000)) && read.AutoCreateProjects)
        {
            Note("auto_create_projects", $"at most {new ProjectsSpec().MaxAutoCreated} projects are created for services that nobody wrote a route for: spec.projects.maxAutoCreated allows more.");
        }

        if (tree.Text($"{_path}.projects.source")?.Read == "sentry")
        {
            tree.Take($"{_path}.projects.source");
        }

        Carry("timeout", "timeout", SpecBuilder.Duration(read.Timeout));
        Carry("http.timeout", "timeout", SpecBuilder.Duration(read.Timeout));
        new HttpConversion(_path, result, tree, context, read, notes).Run();
        Carry("ingest.url_override", "ingest.urlOverride", Address("ingest.url_override"));
        Retry();
        new QueueConversion(_path, result.Spec, tree, context, read.Queue, notes).Run();
    }

    private void Credentials()
    {
        if (Carry("org_slug", "orgSlug", tree.Text($"{_path}.org_slug")?.Read.Replace("$$", "$", StringComparison.Ordinal)))
        {
            result.Spec.Set("authTokenSecretRef", SpecBuilder.Reference(result.SecretName, ConvertedExporter.TokenKey));
        }

        Secret("auth_token", ConvertedExporter.TokenKey);
        if (!tree.Has($"{_path}.org_slug") && Secret("dsn", ConvertedExporter.DsnKey))
        {
            result.Spec.Set("dsnSecretRef", SpecBuilder.Reference(result.SecretName, ConvertedExporter.DsnKey));
        }
        else if (tree.Has($"{_path}.org_slug") && tree.Has($"{_path}.dsn"))
        {
            tree.Take($"{_path}.dsn");
            Note("dsn", "not carried over: a SentryExporter has an organisation or a DSN, and this one has org_slug. Write a SentryProjectRoute with dsnSecretRef for each service that is to go there.");
        }
        else if (!tree.Has($"{_path}.org_slug"))
        {
            result.Secret(ConvertedExporter.DsnKey, "<the value of a DSN for services without a route>");
            result.Spec.Set("dsnSecretRef", SpecBuilder.Reference(result.SecretName, ConvertedExporter.DsnKey));
            Note("", "names neither an organisation nor a DSN of its own, and a SentryExporter needs one: put the DSN into its Secret that takes what no route claims. The Collector's exporter drops such data.");
        }
    }

    private bool Secret(string key, string secretKey)
    {
        if (tree.Text($"{_path}.{key}") is not { } text)
        {
            return false;
        }

        tree.Take($"{_path}.{key}");
        result.Secret(secretKey, text.Shown);
        if (text.Missing.Count == 0)
        {
            Note(key, $"stood in the file in plain text and is now in Secret {result.SecretName}: keep the result as safe, or create that Secret in another way.");
        }

        return true;
    }

    private void Routing()
    {
        var routing = read.Routing;
        Carry("routing.project_from_attribute", "routing.projectFromAttribute", routing.ProjectFromAttribute);
        Carry("routing.on_missing_attribute", "routing.onMissingAttribute", routing.FallbackProject is null ? "Drop" : "Fallback");
        Carry("routing.fallback_project", "routing.fallbackProject", routing.FallbackProject);
        if (!Carry("routing.slug_policy", "routing.slugPolicy", routing.SlugPolicy.ToString()) && tree.Has($"{_path}.org_slug"))
        {
            // The Collector knows no other; a SentryExporter would otherwise rewrite values.
            result.Spec.Set("routing.slugPolicy", Sentry.Slugs.SlugPolicy.Strict.ToString());
        }

        foreach (var value in tree.Keys($"{_path}.routing.attribute_to_project_mapping"))
        {
            if (Routable("routing.attribute_to_project_mapping", value) && routing.ProjectMapping.TryGetValue(value, out var slug))
            {
                result.Route(value, new JsonObject { ["project"] = new JsonObject { ["slug"] = slug } });
            }
        }

        foreach (var value in tree.Keys($"{_path}.routing.attribute_to_dsn_mapping"))
        {
            var path = $"{_path}.routing.attribute_to_dsn_mapping.{value}";
            if (Routable("routing.attribute_to_dsn_mapping", value) && tree.Text(path) is { } dsn)
            {
                result.Route(value, new JsonObject { ["dsnSecretRef"] = SpecBuilder.Reference(result.DsnSecretName, result.RouteName(value)) });
                result.RouteDsn(value, dsn.Shown);
                if (dsn.Missing.Count == 0)
                {
                    Note($"routing.attribute_to_dsn_mapping.{value}", $"the DSN is now in Secret {result.DsnSecretName}.");
                }
            }
        }
    }

    // A value that a route can hold, and whose target the readers take.
    private bool Routable(string mapping, string value)
    {
        var path = $"{_path}.{mapping}.{value}";
        if (context.HasErrorAt(path) || value.Length is 0 or > 256)
        {
            return false;
        }

        tree.Take(path);
        return true;
    }

    private void Retry()
    {
        Carry("retry_on_failure.enabled", "retry.enabled", read.Retry.Enabled);
        Carry("retry_on_failure.initial_interval", "retry.initialInterval", SpecBuilder.Duration(read.Retry.InitialInterval));
        Carry("retry_on_failure.max_interval", "retry.maxInterval", SpecBuilder.Duration(read.Retry.MaxInterval));
        Carry("retry_on_failure.max_elapsed_time", "retry.maxElapsedTime", SpecBuilder.Duration(read.Retry.MaxElapsedTime));
    }

    private string? Address(string key) => tree.Text($"{_path}.{key}")?.Read.Replace("$$", "$", StringComparison.Ordinal);

    private bool Carry(string key, string field, JsonNode? value) => Carrying.Carry(tree, context, result.Spec, $"{_path}.{key}", field, value);

    private void Note(string key, string message)
    {
        var path = key.Length == 0 ? _path : $"{_path}.{key}";
        notes.Add(new ConversionNote(tree.LineOf(path), path, message));
    }
}
