"""Names of the facts recorded by prioritization."""

MODEL_CREATED = "prioritization.model_created"
MODEL_CHANGED = "prioritization.model_changed"
CRITERION_CREATED = "prioritization.criterion_created"
CRITERION_CHANGED = "prioritization.criterion_changed"
RATED = "prioritization.feature_rated"
RATING_WITHDRAWN = "prioritization.rating_withdrawn"
