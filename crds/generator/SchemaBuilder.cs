using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds.Generator;

/// <summary>Makes the structural OpenAPI v3 schema of a C# type.</summary>
/// <param name="documentation">Descriptions.</param>
/// <param name="rules">Whether CEL rules are written.</param>
internal sealed class SchemaBuilder(XmlDocumentation documentation, bool rules)
{
    /// <summary>Schema of an object: one property per public property, described, bounded and defaulted.</summary>
    public JsonObject ObjectOf(Type type, string description)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(JsonName, StringComparer.Ordinal))
        {
            properties[JsonName(property)] = PropertyOf(property);
            if (property.IsDefined(typeof(RequiredAttribute)))
            {
                required.Add(JsonName(property));
            }
        }

        var schema = new JsonObject { ["description"] = description, ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        schema["type"] = "object";
        AddRules(schema, type);
        return schema;
    }

    /// <summary>Name of a property in JSON.</summary>
    public static string JsonName(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>Schema of one property, described, bounded and defaulted.</summary>
    public JsonObject PropertyOf(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var schema = SchemaOf(type, property);
        schema["description"] = Description(property, type);
        if (property.IsDefined(typeof(DefaultAttribute)))
        {
            schema["default"] = DefaultOf(property, type);
        }

        AddRules(schema, property);
        return Sorted(schema);
    }

    private JsonObject SchemaOf(Type type, PropertyInfo property)
    {
        if (property.IsDefined(typeof(IntOrStringAttribute)))
        {
            return Bounded(new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }),
                ["x-kubernetes-int-or-string"] = true,
            }, property);
        }

        return type switch
        {
            _ when type == typeof(string) => Bounded(new JsonObject { ["type"] = "string" }, property),
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when type == typeof(int) => Bounded(new JsonObject { ["type"] = "integer", ["format"] = "int32" }, property),
            _ when type == typeof(long) => Bounded(new JsonObject { ["type"] = "integer", ["format"] = "int64" }, property),
            _ when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            _ when type.IsEnum => EnumOf(type),
            _ when type == typeof(JsonObject) => PassThrough(),
            _ when type == typeof(Dictionary<string, string>) => MapOf(property),
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) => ListOf(type.GetGenericArguments()[0], property),
            _ when type == typeof(V1Condition) => ConditionSchema.Create(),
            _ when type.IsClass => ObjectOf(type, documentation.Type(type)),
            _ => throw new InvalidOperationException($"{property.DeclaringType}.{property.Name}: no schema is known for {type}"),
        };
    }

    private static JsonObject PassThrough() => new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };

    private static JsonObject EnumOf(Type type)
    {
        var names = Enum.GetNames(type).Select(name => (JsonNode)MemberName(type, name)).ToArray();
        return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(names) };
    }

    private static string MemberName(Type type, string name) =>
        type.GetField(name)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? name;

    private static JsonObject MapOf(PropertyInfo property)
    {
        var bounds = property.GetCustomAttribute<ItemsAttribute>() ?? throw Unbounded(property);
        return new JsonObject { ["type"] = "object", ["additionalProperties"] = Element(property), ["maxProperties"] = bounds.Max };
    }

    private JsonObject ListOf(Type item, PropertyInfo property)
    {
        var bounds = property.GetCustomAttribute<ItemsAttribute>() ?? throw Unbounded(property);
        var schema = new JsonObject
        {
            ["type"] = "array",
            ["items"] = item == typeof(string) ? Element(property) : Sorted(SchemaOf(item, property)),
            ["maxItems"] = bounds.Max,
        };
        if (bounds.Min > 0)
        {
            schema["minItems"] = bounds.Min;
        }

        if (property.GetCustomAttribute<ListMapKeysAttribute>() is { } map)
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. map.Keys.Select(key => (JsonNode)key)]);
        }
        else
        {
            schema["x-kubernetes-list-type"] = property.IsDefined(typeof(ListSetAttribute)) ? "set" : "atomic";
        }

        return schema;
    }

    private static JsonObject Element(PropertyInfo property)
    {
        var bounds = property.GetCustomAttribute<ElementAttribute>() ?? throw Unbounded(property);
        var schema = new JsonObject { ["type"] = "string", ["maxLength"] = bounds.MaxLength };
        if (bounds.MinLength > 0)
        {
            schema["minLength"] = bounds.MinLength;
        }

        if (bounds.Pattern is { } pattern)
        {
            schema["pattern"] = pattern;
        }

        return Sorted(schema);
    }

    private static JsonObject Bounded(JsonObject schema, PropertyInfo property)
    {
        if (property.GetCustomAttribute<LengthAttribute>() is { } length)
        {
            schema["maxLength"] = length.Max;
            if (length.Min > 0)
            {
                schema["minLength"] = length.Min;
            }
        }
        else if (property.PropertyType == typeof(string))
        {
            throw Unbounded(property);
        }

        if (property.GetCustomAttribute<PatternAttribute>() is { } pattern)
        {
            schema["pattern"] = pattern.Expression;
        }

        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = range.Min;
            schema["maximum"] = range.Max;
        }

        return schema;
    }

    private static JsonNode DefaultOf(PropertyInfo property, Type type)
    {
        // Whole, with its nested defaults: a server evaluates rules on a default as it stands, before it fills in the nested ones.
        var value = property.GetValue(Activator.CreateInstance(property.DeclaringType!));
        return JsonSerializer.SerializeToNode(value, type, CrdJsonContext.Default)
            ?? throw new InvalidOperationException($"{property.DeclaringType}.{property.Name}: [Default] without an initial value");
    }

    private string Description(PropertyInfo property, Type type)
    {
        var summary = documentation.Property(property);
        var choice = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0] : type;
        if (!choice.IsEnum)
        {
            return summary;
        }

        var members = Enum.GetNames(choice).Select(name => $"{MemberName(choice, name)}: {documentation.Field(choice.GetField(name)!)}");
        return $"{summary} {string.Join(' ', members)}";
    }

    private void AddRules(JsonObject schema, MemberInfo member)
    {
        var declared = member.GetCustomAttributes<ValidationRuleAttribute>().ToList();
        if (!rules || declared.Count == 0)
        {
            return;
        }

        if (schema["x-kubernetes-validations"] is not JsonArray list)
        {
            schema["x-kubernetes-validations"] = list = [];
        }

        foreach (var rule in declared)
        {
            list.Add(new JsonObject { ["message"] = rule.Message, ["rule"] = rule.Rule });
        }
    }

    private static JsonObject Sorted(JsonObject schema) =>
        new(schema.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));

    private static InvalidOperationException Unbounded(PropertyInfo property) =>
        new($"{property.DeclaringType}.{property.Name} has no bounds: the CEL cost estimate needs them ([Length], [Items], [Element])");
}
