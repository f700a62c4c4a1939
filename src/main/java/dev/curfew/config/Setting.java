package dev.curfew.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a record component to be a setting. Its key is the component's name in kebab-case under
 * the keys of the sections around it; its type decides how the text is read.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
@interface Setting {
  /** The default, written as in the file; empty for a list without entries or no value. */
  String value();

  /** The least value allowed (of each entry, for a list), written as in the file. */
  String min() default "";

  /** The greatest value allowed (of each entry, for a list), written as in the file. */
  String max() default "";

  /** Given by its environment variable only: refused in the file. */
  boolean environmentOnly() default false;
}
