using System.Reflection;
using System.Text.Json.Nodes;
using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds.Generator;

/// <summary>Makes the CustomResourceDefinition of a kind from its C# type.</summary>
/// <param name="documentation">Descriptions.</param>
/// <param name="rules">Whether CEL rules are written; servers and clients before 1.25 refuse them.</param>
internal sealed class DefinitionBuilder(XmlDocumentation documentation, bool rules)
{
    /// <summary>The apiextensions.k8s.io/v1 object.</summary>
    public JsonObject Build<T>()
        where T : IKubernetesObject
    {
        var entity = EntityMetadata.For<T>();
        var names = typeof(T).GetCustomAttribute<KubernetesEntityNamesAttribute>()!;
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{entity.PluralName}.{entity.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = entity.Group,
                ["names"] = new JsonObject
                {
                    ["categories"] = new JsonArray(names.Category),
                    ["kind"] = entity.Kind,
                    ["listKind"] = entity.Kind + "List",
                    ["plural"] = entity.PluralName,
#pragma warning disable CA1308 // Kubernetes' names are lower-case.
                    ["singular"] = entity.Kind.ToLowerInvariant(),
#pragma warning restore CA1308
                    ["shortNames"] = new JsonArray([.. names.ShortNames.Select(name => (JsonNode)name)]),
                },
                ["scope"] = entity.Scope == EntityScope.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new JsonArray(Version(typeof(T), entity.Version)),
            },
        };
    }

    private JsonObject Version(Type type, string name) => new()
    {
        ["additionalPrinterColumns"] = new JsonArray([.. type.GetCustomAttributes<AdditionalPrinterColumnAttribute>().Select(Column)]),
        ["name"] = name,
        ["schema"] = new JsonObject { ["openAPIV3Schema"] = RootSchema(type) },
        ["served"] = true,
        ["storage"] = true,
        ["subresources"] = Subresources(type),
    };

    private static JsonNode Column(AdditionalPrinterColumnAttribute column)
    {
        var cell = new JsonObject { ["description"] = column.Description, ["jsonPath"] = column.JsonPath, ["name"] = column.Name };
        if (column.Priority != 0)
        {
            cell["priority"] = column.Priority;
        }

        cell["type"] = column.Type;
        return cell;
    }

    private JsonObject RootSchema(Type type)
    {
        var schema = new SchemaBuilder(documentation, rules);
        var properties = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string" },
            ["kind"] = new JsonObject { ["type"] = "string" },
            ["metadata"] = new JsonObject { ["type"] = "object" },
            ["spec"] = schema.PropertyOf(type.GetProperty("Spec")!),
            ["status"] = schema.PropertyOf(type.GetProperty("Status")!),
        };
        return new JsonObject
        {
            ["description"] = documentation.Type(type),
            ["properties"] = properties,
            ["required"] = new JsonArray("spec"),
            ["type"] = "object",
        };
    }

    private static JsonObject Subresources(Type type)
    {
        var subresources = new JsonObject();
        if (type.GetCustomAttribute<ScaleSubresourceAttribute>() is { } scale)
        {
            subresources["scale"] = new JsonObject
            {
                ["labelSelectorPath"] = scale.LabelSelectorPath,
                ["specReplicasPath"] = scale.SpecReplicasPath,
                ["statusReplicasPath"] = scale.StatusReplicasPath,
            };
        }

        subresources["status"] = new JsonObject();
        return subresources;
    }
}
