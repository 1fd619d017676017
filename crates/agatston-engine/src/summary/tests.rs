//! A cohort made by hand.
